import Compute
import Foundation

/// Which cell divides when: the family tree of one embryo from two nuclei to 64.
///
/// Time is counted in steps of five minutes from the first division. The cycles of the generations
/// have the lengths seen in BBBC050's embryos (and known of the mouse: a long second cycle, then
/// about half a day each), with a pace of the embryo and a spread of every cell, so that sisters
/// divide near each other but not together.
package struct EmbryoLineage: Sendable {
  /// The hours of one step.
  package static let hoursPerStep = 1.0 / 12
  /// The steps of the whole development: 83.5 hours, which is 502 frames 10 minutes apart.
  package static let lastStep = 1002
  /// The largest number of nuclei.
  package static let nucleusLimit = 64

  /// The mean length in hours and its relative spread, by generation from two nuclei on.
  private static let cycles: [(mean: Double, spread: Double)] = [
    (23, 0.03), (12.3, 0.06), (11, 0.08), (11.5, 0.09), (13.5, 0.10),
  ]

  /// The cells; children come after their parents.
  package let cells: [Cell]

  /// One cell, from the division that made it to its own.
  package struct Cell: Sendable {
    /// The index of the mother in `EmbryoLineage.cells`; nil for the first two.
    package let parent: Int?
    /// 0 for the first two cells, one more after each division.
    package let generation: Int
    /// The step of its birth.
    package let birth: Int
    /// The step of its division; nil if it does not divide within the development.
    package let division: Int?
    /// Its share of the chromatin's light; all cells of one generation add up to about 1.
    package let brightness: Double
    /// Its nuclear radius over that of its generation.
    package let size: Double
    /// The direction of its spindle, along which the daughters part.
    package let spindle: SIMD3<Double>
    /// The seed of the nucleus' own shape and texture.
    package let seed: UInt64

    /// Whether it is there at a time in hours.
    package func isAlive(at hour: Double) -> Bool {
      Double(birth) * hoursPerStep <= hour
        && division.map { hour < Double($0) * hoursPerStep } ?? true
    }
  }

  /// A random family tree.
  package init(using generator: inout some RandomNumberGenerator) {
    let pace = exp(0.04 * generator.normal())
    var cells: [Cell] = []
    func add(
      _ parent: Int?, generation: Int, birth: Int, brightness: Double,
      using generator: inout some RandomNumberGenerator
    ) {
      var division: Int?
      let deviate = min(max(generator.normal(), -2.5), 2.5)
      if Self.cycles.indices.contains(generation) {
        let cycle = Self.cycles[generation]
        let hours = pace * cycle.mean * exp(cycle.spread * deviate)
        let step = birth + Int(clamped: (hours / Self.hoursPerStep).rounded())
        division = step <= Self.lastStep ? step : nil
      }
      cells.append(
        Cell(
          parent: parent, generation: generation, birth: birth, division: division,
          brightness: brightness, size: exp(0.09 * min(max(generator.normal(), -2.5), 2.5)),
          spindle: generator.direction(), seed: generator.next()))
    }
    for _ in 0..<2 {
      add(
        nil, generation: 0, birth: 0, brightness: 0.5 * exp(0.12 * generator.normal()),
        using: &generator)
    }
    var next = 0
    while next < cells.count {
      let mother = cells[next]
      if let division = mother.division {
        // The sisters share their mother's histones almost evenly.
        let share = 0.5 + 0.04 * min(max(generator.normal(), -3), 3)
        for part in [share, 1 - share] {
          add(
            next, generation: mother.generation + 1, birth: division,
            brightness: mother.brightness * part * exp(0.11 * generator.normal()),
            using: &generator)
        }
      }
      next += 1
    }
    self.cells = cells
  }

  /// The number of nuclei at a time in hours.
  package func count(at hour: Double) -> Int { cells.count { $0.isAlive(at: hour) } }

  /// The hour at which there are first `count` nuclei or more; nil if there never are.
  package func firstHour(with count: Int) -> Double? {
    // One more nucleus with each division, in their order.
    let divisions = cells.compactMap(\.division).sorted()
    if count <= 2 { return 0 }
    guard count - 3 < divisions.count else { return nil }
    return Double(divisions[count - 3]) * Self.hoursPerStep
  }

  /// The last whole step, in hours, at which there are at most `count` nuclei.
  package func lastHour(with count: Int) -> Double {
    guard let next = firstHour(with: count + 1) else {
      return Double(Self.lastStep) * Self.hoursPerStep
    }
    return max(0, next - Self.hoursPerStep)
  }
}

extension RandomNumberGenerator {
  /// A direction uniform on the sphere.
  mutating func direction() -> SIMD3<Double> {
    let z = uniform(in: -1...1)
    let angle = 2 * Double.pi * uniform()
    let radius = (1 - z * z).squareRoot()
    return SIMD3(radius * cos(angle), radius * sin(angle), z)
  }
}

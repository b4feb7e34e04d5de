import Compute
import Foundation

/// Where each nucleus is at any time: divisions push daughters apart, cells share the embryo's space,
/// nuclei do not overlap, and everything drifts smoothly.
///
/// An overdamped relaxation in steps of five minutes, made once for the whole development, so that a
/// time point is the same whichever frames are asked for. Places are µm from the embryo's middle.
struct EmbryoMotion {
  /// The places of every cell at its steps, from birth to division (both inclusive).
  private var paths: [[SIMD3<Double>]]
  private let births: [Int]

  /// A nucleus is this much longer along z than wide where nuclei are kept apart: the axial smear of
  /// the microscope is part of their outlines.
  private static let axialStretch = 1.85
  /// How far in µm the outlines of nuclei that touch lie beyond their light, across.
  private static let outline = 0.8

  /// Moves all cells through the whole development.
  ///
  /// - Complexity: O(steps · nuclei²), some ten milliseconds.
  init(_ lineage: Lineage, in shape: EmbryoShape, using generator: inout some RandomNumberGenerator)
  {
    let cells = lineage.cells
    births = cells.map(\.birth)
    paths = Array(repeating: [], count: cells.count)
    // Cells that are inside when the cavity opens make the inner cell mass.
    let isInner = cells.map { _ in generator.chance(0.33) }
    var places = Array(repeating: SIMD3<Double>.zero, count: cells.count)
    var drifts = places
    var alive: [Int] = []
    for step in 0...Lineage.lastStep {
      let hour = Double(step) * Lineage.hoursPerStep
      for index in cells.indices where cells[index].birth == step {
        let cell = cells[index]
        let axis = cell.parent.map { cells[$0].spindle } ?? cells[0].spindle
        // The elder sister goes along the spindle, the younger one against it.
        let isElder = index == cells.firstIndex { $0.parent == cell.parent }
        let middle = cell.parent.map { places[$0] } ?? .zero
        places[index] = middle + axis * (isElder ? 2.5 : -2.5)
        drifts[index] = cell.parent.map { drifts[$0] } ?? .zero
        alive.append(index)
      }
      for index in alive where cells[index].division == step { paths[index].append(places[index]) }
      alive.removeAll { cells[$0].division == step }
      let bodies = alive.map { index in
        Body(
          radius: NuclearCycle(cells[index], at: hour).radius + Self.outline,
          age: hour - Double(cells[index].birth) * Lineage.hoursPerStep, isInner: isInner[index])
      }
      for index in alive {
        let jolt = SIMD3(generator.normal(), generator.normal(), generator.normal())
        drifts[index] = drifts[index] * 0.96 + jolt * 0.05
        places[index] += drifts[index]
      }
      for _ in 0..<3 { Self.relax(&places, of: alive, bodies, in: shape, at: hour) }
      for index in alive { paths[index].append(places[index]) }
    }
  }

  /// The place of a cell at a time in hours within its life, in µm from the embryo's middle.
  func place(of cell: Int, at hour: Double) -> SIMD3<Double> {
    let path = paths[cell]
    let step = max(0, hour / Lineage.hoursPerStep - Double(births[cell]))
    let whole = min(Int(step), path.count - 1)
    let next = min(whole + 1, path.count - 1)
    return path[whole] + (path[next] - path[whole]) * (step - Double(whole))
  }

  private struct Body {
    let radius: Double
    let age: Double
    let isInner: Bool
  }

  /// One round of pushing apart and into the embryo; all pushes are found before any is made.
  private static func relax(
    _ places: inout [SIMD3<Double>], of alive: [Int], _ bodies: [Body], in shape: EmbryoShape,
    at hour: Double
  ) {
    let axes = shape.axes(at: hour)
    let open = shape.openness(at: hour)
    let cavity = shape.cavity(at: hour)
    // Cells fill about as much of the ellipsoid as balls can.
    let cellRadius =
      cbrt(axes.x * axes.y * axes.z * 0.62 / Double(alive.count)) * (alive.count > 8 ? 0.92 : 1)
      * (1 - 0.2 * open)
    var pushes = Array(repeating: SIMD3<Double>.zero, count: alive.count)
    for i in alive.indices {
      for j in alive.indices.dropFirst(i + 1) {
        let apart = places[alive[j]] - places[alive[i]]
        let distance = max(length(apart), 1e-6)
        // Daughters come apart at the pace of a spindle.
        let ease = min(1, 0.25 + min(bodies[i].age, bodies[j].age))
        let crowding = 2 * cellRadius - distance
        if crowding > 0 {
          let push = apart / distance * (0.02 * ease * crowding)
          pushes[i] -= push
          pushes[j] += push
        }
        var nuclear = apart
        nuclear.z /= axialStretch
        let near = max(length(nuclear), 1e-6)
        let overlap = bodies[i].radius + bodies[j].radius - near
        if overlap > 0 {
          let push = nuclear / near * (0.2 * ease * overlap)
          pushes[i] -= push
          pushes[j] += push
        }
      }
    }
    for i in alive.indices {
      var place = places[alive[i]]
      let fromCavity = place - cavity.center
      let distance = max(length(fromCavity), 1e-6)
      let inside = cavity.radius + bodies[i].radius - distance
      if open > 0, inside > 0 { pushes[i] += fromCavity / distance * (0.15 * inside) }
      let margin = max(0.56 * cellRadius, 1.05 * bodies[i].radius)
      let relative = length(place / (axes - margin))
      if relative > 1 { pushes[i] -= place * (0.3 * (1 - 1 / relative)) }
      if open > 0 {
        if bodies[i].isInner {
          let home = -shape.cavityDirection * axes * 0.5
          pushes[i] += (home - place) * (0.006 * open)
        } else if relative < 1 {
          let outwards = length(place) > 1 ? place / length(place) : shape.cavityDirection
          pushes[i] += outwards * (axes.min() - margin) * (0.01 * open * (1 - relative))
        }
      }
      // Smooth also where much has to give way at once.
      let size = length(pushes[i])
      place += size > 1.2 ? pushes[i] * (1.2 / size) : pushes[i]
      places[alive[i]] = place
    }
  }
}

/// The Euclidean length.
func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }

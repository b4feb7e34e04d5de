import Compute
import Foundation

/// Where each nucleus is at any time: divisions push daughters apart, cells share the embryo's
/// space, nuclei do not overlap, and everything drifts smoothly.
///
/// An overdamped relaxation in steps of five minutes, made once for the whole development, so that
/// a time point is the same whichever frames are asked for. Points are in µm from the embryo's
/// middle.
struct EmbryoMotion {
  /// The points of every cell at its steps, from birth to division (both inclusive).
  private var paths: [[SIMD3<Double>]]
  private let births: [Int]

  /// The length of a nucleus along z over its width, when nuclei are kept apart: the axial smear of
  /// the microscope is part of their outlines.
  private static let axialStretch = 1.85
  /// How far in µm the outlines of touching nuclei lie beyond their fluorescence, in the plane.
  private static let outline = 0.8

  /// Moves all cells through the whole development.
  ///
  /// - Complexity: O(steps · nuclei²), some ten milliseconds.
  init(
    _ lineage: EmbryoLineage, in shape: EmbryoShape,
    using generator: inout some RandomNumberGenerator
  ) {
    let cells = lineage.cells
    births = cells.map(\.birth)
    paths = Array(repeating: [], count: cells.count)
    // Cells that are inside when the cavity opens make the inner cell mass.
    let isInner = cells.map { _ in generator.chance(0.33) }
    var points = Array(repeating: SIMD3<Double>.zero, count: cells.count)
    var drifts = points
    var alive: [Int] = []
    for step in 0...EmbryoLineage.lastStep {
      let hour = Double(step) * EmbryoLineage.hoursPerStep
      for index in cells.indices where cells[index].birth == step {
        let cell = cells[index]
        let axis = cell.parent.map { cells[$0].spindle } ?? cells[0].spindle
        // The elder sister goes along the spindle, the younger one against it.
        let isElder = index == cells.firstIndex { $0.parent == cell.parent }
        let middle = cell.parent.map { points[$0] } ?? .zero
        points[index] = middle + axis * (isElder ? 2.5 : -2.5)
        drifts[index] = cell.parent.map { drifts[$0] } ?? .zero
        alive.append(index)
      }
      for index in alive where cells[index].division == step { paths[index].append(points[index]) }
      alive.removeAll { cells[$0].division == step }
      let bodies = alive.map { index in
        Body(
          radius: NuclearCycle(cells[index], at: hour).radius + Self.outline,
          age: hour - Double(cells[index].birth) * EmbryoLineage.hoursPerStep,
          isInner: isInner[index])
      }
      for index in alive {
        let jolt = SIMD3(generator.normal(), generator.normal(), generator.normal())
        drifts[index] = drifts[index] * 0.96 + jolt * 0.05
        points[index] += drifts[index]
      }
      let space = Space(of: shape, at: hour, cells: alive.count)
      for _ in 0..<3 { Self.relax(&points, of: alive, bodies, in: space) }
      for index in alive { paths[index].append(points[index]) }
    }
  }

  /// The point at which a cell is at a time in hours within its life, in µm from the embryo's
  /// middle.
  func point(of cell: Int, at hour: Double) -> SIMD3<Double> {
    let path = paths[cell]
    let step = max(0, hour / EmbryoLineage.hoursPerStep - Double(births[cell]))
    let whole = min(Int(clamped: step), path.count - 1)
    let next = min(whole + 1, path.count - 1)
    return path[whole] + (path[next] - path[whole]) * (step - Double(whole))
  }

  private struct Body {
    let radius: Double
    let age: Double
    let isInner: Bool
  }

  /// The room that living cells have at one time.
  private struct Space {
    let axes: SIMD3<Double>
    let open: Double
    let cavity: (center: SIMD3<Double>, radius: Double)
    let cavityDirection: SIMD3<Double>
    let cellRadius: Double

    init(of shape: EmbryoShape, at hour: Double, cells count: Int) {
      axes = shape.axes(at: hour)
      open = shape.openness(at: hour)
      cavity = shape.cavity(at: hour)
      cavityDirection = shape.cavityDirection
      // Cells fill about as much of the ellipsoid as balls can.
      cellRadius =
        cbrt(axes.x * axes.y * axes.z * 0.62 / Double(count)) * (count > 8 ? 0.92 : 1)
        * (1 - 0.2 * open)
    }
  }

  /// One round of pushing apart and into the embryo; all pushes are found before any is made.
  private static func relax(
    _ points: inout [SIMD3<Double>], of alive: [Int], _ bodies: [Body], in space: Space
  ) {
    var pushes = pushesApart(alive.map { points[$0] }, bodies, cellRadius: space.cellRadius)
    for i in alive.indices {
      let point = points[alive[i]]
      pushIntoEmbryo(&pushes[i], bodies[i], at: point, in: space)
      // Smooth even if much has to move at once.
      let size = length(pushes[i])
      points[alive[i]] = point + (size > 1.2 ? pushes[i] * (1.2 / size) : pushes[i])
    }
  }

  /// The pushes with which cells, and nuclei that overlap, keep each other away.
  private static func pushesApart(
    _ points: [SIMD3<Double>], _ bodies: [Body], cellRadius: Double
  ) -> [SIMD3<Double>] {
    var pushes = Array(repeating: SIMD3<Double>.zero, count: points.count)
    for i in points.indices {
      for j in points.indices.dropFirst(i + 1) {
        let apart = points[j] - points[i]
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
    return pushes
  }

  /// Adds what keeps a cell inside the embryo, out of the cavity, and on its side of it.
  private static func pushIntoEmbryo(
    _ push: inout SIMD3<Double>, _ body: Body, at point: SIMD3<Double>, in space: Space
  ) {
    let (axes, open) = (space.axes, space.open)
    let fromCavity = point - space.cavity.center
    let distance = max(length(fromCavity), 1e-6)
    let inside = space.cavity.radius + body.radius - distance
    if open > 0, inside > 0 { push += fromCavity / distance * (0.15 * inside) }
    let margin = max(0.56 * space.cellRadius, 1.05 * body.radius)
    let relative = length(point / (axes - margin))
    if relative > 1 { push -= point * (0.3 * (1 - 1 / relative)) }
    guard open > 0 else { return }
    if body.isInner {
      let home = -space.cavityDirection * axes * 0.5
      push += (home - point) * (0.006 * open)
    } else if relative < 1 {
      let outwards = length(point) > 1 ? point / length(point) : space.cavityDirection
      push += outwards * (axes.min() - margin) * (0.01 * open * (1 - relative))
    }
  }
}

/// The Euclidean length.
func length(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }

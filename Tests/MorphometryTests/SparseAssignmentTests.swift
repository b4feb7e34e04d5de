import Compute
import Foundation
import Microscopy
import Morphometry
import TestSupport
import Testing

/// The sparse solver against SciPy (`Fixtures/linear-assignment/make.py`) and the dense definition.
@Suite struct SparseAssignmentTests {
  /// All pairs of a dense problem, in which leaving a row out costs more than all pairs.
  private func solve(_ costs: [Double], rows: Int, columns: Int) -> [Int?] {
    let pairs = (0..<rows * columns).map { ($0 / columns, $0 % columns, costs[$0]) }
    let alone = (costs.map(abs).max() ?? 0) * Double(2 * rows + 1) + 1
    return SparseAssignment(PairList(rows: rows, columns: columns, pairs), alone: alone)
      .columnOfRow
  }

  private func cost(_ assigned: [Int?], _ costs: [Double], columns: Int) -> Double {
    assigned.enumerated().reduce(0) { sum, pair in
      sum + (pair.element.map { costs[pair.offset * columns + $0] } ?? 0)
    }
  }

  @Test(arguments: [
    "square", "wide", "tall", "one", "row", "column", "negative", "large", "steep",
    "ties_square", "ties_wide", "ties_tall", "equal",
  ])
  func equalsSciPy(name: String) throws {
    let file = try Fixture.load("linear-assignment/linear-assignment", bundle: .module)
    let shape = try file.array("\(name).costs").shape
    let costs = try file.doubles("\(name).costs")
    let least = try file.doubles("\(name).least")[0]
    let assigned = solve(costs, rows: shape[0], columns: shape[1])
    let used = assigned.compactMap { $0 }
    #expect(used.count == min(shape[0], shape[1]) && Set(used).count == used.count)
    let size = costs.map(abs).max()! * Double(costs.count)
    #expect(abs(cost(assigned, costs, columns: shape[1]) - least) <= 0x1p-50 * size)
  }

  /// Sparse problems with small whole costs, so that sums are exact: leaving a row out is the
  /// dense problem with a column more for every row.
  @Test(arguments: 0..<200) func equalsTheDenseDefinition(seed: Int) {
    var generator = SeededGenerator(seed: 211, stream: UInt64(seed))
    let rows = Int.random(in: 1...12, using: &generator)
    let columns = Int.random(in: 1...12, using: &generator)
    let alone = Double(Int.random(in: -2...8, using: &generator))
    var pairs: [(Int, Int, Double)] = []
    var costs = [Double](repeating: 1e6, count: rows * (columns + rows))
    for row in 0..<rows {
      costs[row * (columns + rows) + columns + row] = alone
      for column in 0..<columns where Int.random(in: 0..<3, using: &generator) == 0 {
        let cost = Double(Int.random(in: -5...9, using: &generator))
        pairs.append((row, column, cost))
        costs[row * (columns + rows) + column] = cost
      }
    }
    let found = SparseAssignment(PairList(rows: rows, columns: columns, pairs), alone: alone)
    let dense = LinearAssignment.solve(costs, rows: rows, columns: columns + rows)
    func total(_ assigned: [Int?]) -> Double {
      assigned.enumerated().reduce(0) { sum, pair in
        guard let column = pair.element else { return sum + alone }
        return sum + costs[pair.offset * (columns + rows) + column]
      }
    }
    let used = found.columnOfRow.compactMap { $0 }
    #expect(Set(used).count == used.count)
    #expect(total(found.columnOfRow) == total(dense))
  }

  /// Detections against the dense definition.
  @Test(arguments: 0..<30) func detectionsEqualTheDenseDefinition(seed: Int) {
    var generator = SeededGenerator(seed: 223, stream: UInt64(seed))
    func points() -> [PhysicalPoint] {
      (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        PhysicalPoint(
          z: generator.uniform(in: 0...20), y: generator.uniform(in: 0...20),
          x: generator.uniform(in: 0...20))
      }
    }
    let (found, truth) = (points(), points())
    for radius in [0, 2, 5, 100, 1e300] {
      let matching = DetectionMatching(predictions: found, truth: truth, radius: radius)
      let forbidden = (min(radius, 40) + 1) * Double(min(found.count, truth.count) + 1)
      let distances = found.flatMap { point in truth.map { point.distance(to: $0) } }
      let dense = LinearAssignment.solve(
        distances.map { $0 <= radius ? $0 : forbidden }, rows: found.count, columns: truth.count)
      let expected = dense.enumerated().compactMap { row, column in
        column.map { distances[row * truth.count + $0] }
      }.filter { $0 <= radius }
      #expect(matching.truePositives == expected.count, "\(radius)")
      let sums = [matching.pairs.map(\.distance), expected].map { $0.reduce(0, +) }
      #expect(abs(sums[0] - sums[1]) < 1e-9)
    }
  }

  /// Points that lie in a plane, on a line and on each other.
  @Test func nearPoints() {
    var generator = SeededGenerator(seed: 227)
    let points = (0..<300).map { index in
      PhysicalPoint(
        z: 1, y: index < 200 ? generator.uniform(in: 0...9) : 4, x: Double(index % 7))
    }
    let tree = PointTree(points)
    for (index, point) in points.enumerated() {
      let others = points.enumerated().filter { $0.offset != index }
      let nearest = others.map { point.distance(to: $0.element) }.min()
      #expect(tree.nearestDistance(ofPoint: index) == nearest)
      var found: Set<Int> = []
      tree.forEach(within: 1.5, of: point) { other, distance in
        #expect(distance == point.distance(to: points[other]))
        found.insert(other)
      }
      #expect(found == Set(points.indices.filter { point.distance(to: points[$0]) <= 1.5 }))
    }
  }

  /// 20 000 nuclei of a voxel on either side, moved by a voxel: no table of all pairs.
  @Test func manyLabels() throws {
    let extent = Extent(depth: 20, height: 32, width: 33)
    let truth = LabelVolume((0..<UInt32(extent.count)).map { $0 + 1 }, extent: extent)
    var moved = truth
    for i in truth.voxels.indices { moved.voxels[i] = i == 0 ? 0 : truth.voxels[i - 1] }
    let volume = VolumeEvaluation(
      name: "a", prediction: moved, truth: truth, voxelSize: VoxelSize(isotropic: 1),
      detectionRadius: 1)
    #expect(volume[.averagePrecision(tenths: 9)] == Double(extent.count - 1) / Double(extent.count))
    #expect(volume.detection?.truePositives == extent.count - 1)
  }
}

import Compute
import Foundation
import Morphometry
import TestSupport
import Testing

/// The assignment solver against SciPy (`Fixtures/linear-assignment/make.py`) and exhaustive
/// search.
@Suite struct LinearAssignmentTests {
  /// Every row has at most one column, no column two rows, and as many pairs as fit.
  private func expectOneToOne(_ assigned: [Int?], rows: Int, columns: Int) {
    let used = assigned.compactMap { $0 }
    #expect(assigned.count == rows)
    #expect(used.count == min(rows, columns))
    #expect(Set(used).count == used.count)
    #expect(used.allSatisfy { (0..<columns).contains($0) })
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
    let assigned = LinearAssignment.solve(costs, rows: shape[0], columns: shape[1])
    expectOneToOne(assigned, rows: shape[0], columns: shape[1])
    let size = costs.map(abs).max()! * Double(costs.count)
    #expect(abs(cost(assigned, costs, columns: shape[1]) - least) <= 0x1p-52 * size)
    if file.arrays["\(name).columns"] != nil {
      let columns = try file.integers("\(name).columns").map { $0 < 0 ? nil : Int($0) }
      #expect(assigned == columns)
    }
  }

  /// Small integers, so that ties abound and sums are exact, against every permutation.
  @Test(arguments: 0..<60) func equalsExhaustiveSearch(seed: Int) {
    var generator = SeededGenerator(seed: 113, stream: UInt64(seed))
    let rows = Int.random(in: 1...5, using: &generator)
    let columns = Int.random(in: 1...5, using: &generator)
    let costs = (0..<rows * columns).map { _ in Double(Int.random(in: -3...6, using: &generator)) }
    func search(_ row: Int, _ used: Set<Int>, _ skipped: Int) -> Double {
      if row == rows { return 0 }
      var best = Double.infinity
      if skipped < max(0, rows - columns) { best = search(row + 1, used, skipped + 1) }
      for column in 0..<columns where !used.contains(column) {
        best = min(
          best, costs[row * columns + column] + search(row + 1, used.union([column]), skipped))
      }
      return best
    }
    let assigned = LinearAssignment.solve(costs, rows: rows, columns: columns)
    expectOneToOne(assigned, rows: rows, columns: columns)
    #expect(cost(assigned, costs, columns: columns) == search(0, [], 0))
  }

  @Test func emptyProblems() {
    #expect(LinearAssignment.solve([], rows: 0, columns: 0) == [])
    #expect(LinearAssignment.solve([], rows: 0, columns: 4) == [])
    #expect(LinearAssignment.solve([], rows: 3, columns: 0) == [nil, nil, nil])
  }
}

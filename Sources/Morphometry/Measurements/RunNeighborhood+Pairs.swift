/// How many pairs of neighbors lie wholly in the object, for each kind of the 13 directions to the
/// 26 neighbors. Directions that mirror each other are of one kind.
struct NeighborPairs {
  /// By ``kind(z:y:x:)`` − 1.
  private(set) var counts = [Int](repeating: 0, count: 7)

  /// 1…7: bit 0 is a step along x, bit 1 along y, bit 2 along z.
  static func kind(z: Int, y: Int, x: Int) -> Int { abs(z) << 2 | abs(y) << 1 | abs(x) }

  mutating func add(_ count: Int, z: Int, y: Int, x: Int) {
    counts[Self.kind(z: z, y: y, x: x) - 1] += count
  }
}

extension RunNeighborhood {
  /// Counts the pairs in all 13 directions.
  func neighborPairs() -> NeighborPairs {
    var pairs = NeighborPairs()
    for run in runs { pairs.add(run.count - 1, z: 0, y: 0, x: 1) }
    for (z, y) in [(0, 1), (1, -1), (1, 0), (1, 1)] {
      let others = neighbors(z: z, y: y)
      var (straight, forward, backward) = (0, 0, 0)
      for (row, other) in zip(rows, others) where other >= 0 {
        let candidates = rows[other].runs
        var start = candidates.lowerBound
        for index in row.runs {
          let run = runs[index]
          while start < candidates.upperBound, runs[start].end < run.first { start += 1 }
          var next = start
          // Up to the first run that begins more than one voxel behind this one.
          while next < candidates.upperBound, runs[next].first <= run.end {
            let (first, end) = (runs[next].first, runs[next].end)
            straight += Int(max(0, min(run.end, end) - max(run.first, first)))
            forward += Int(max(0, min(run.end, end - 1) - max(run.first, first - 1)))
            backward += Int(max(0, min(run.end, end + 1) - max(run.first, first + 1)))
            next += 1
          }
        }
      }
      pairs.add(straight, z: z, y: y, x: 0)
      pairs.add(forward + backward, z: z, y: y, x: 1)
    }
    return pairs
  }
}

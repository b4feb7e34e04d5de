import Microscopy
import Segmentation
import Testing

@Suite("Shards of a job")
struct ShardTests {
  @Test("Shards cover all frames once, in order and at equal cost")
  func cover() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let costs = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
        Int.random(in: 0...1000, using: &generator)
      }
      let count = Int.random(in: 1...12, using: &generator)
      var next = 0
      for index in 1...count {
        let shard = try #require(Shard(index, of: count))
        let range = shard.frames(ofCosts: costs)
        #expect(range.lowerBound == next || range.isEmpty, "\(costs) \(shard)")
        if !range.isEmpty { next = range.upperBound }
        let sum = costs[range].reduce(0) { $0 + max(1, $1) }
        let total = costs.reduce(0) { $0 + max(1, $1) }
        let largest = max(1, costs.max() ?? 1)
        // Half a frame at either end.
        #expect(abs(Double(sum) - Double(total) / Double(count)) <= Double(largest) + 1e-6)
      }
      #expect(next == costs.count)
    }
  }

  @Test("Frames of equal cost are shared out evenly")
  func even() throws {
    let ranges = try (1...4).map { index in
      try #require(Shard(index, of: 4)).frames(ofCosts: [Int](repeating: 7, count: 10))
    }
    #expect(ranges.map(\.count).sorted() == [2, 2, 3, 3])
    #expect(try #require(Shard(3, of: 5)).frames(ofCosts: []).isEmpty)
    #expect(Shard(0, of: 3) == nil && Shard(4, of: 3) == nil)
    #expect(Shard(2, of: 3)?.description == "2/3" && Shard(2, of: 3)?.writer == "2of3")
  }

  @Test("The variables of a Slurm array tell the shard")
  func array() throws {
    func shard(_ id: Int, _ count: Int, _ first: Int, _ last: Int, _ step: Int) throws -> Shard? {
      try Shard.ofSlurmArray([
        "SLURM_ARRAY_TASK_ID": "\(id)", "SLURM_ARRAY_TASK_COUNT": "\(count)",
        "SLURM_ARRAY_TASK_MIN": "\(first)", "SLURM_ARRAY_TASK_MAX": "\(last)",
        "SLURM_ARRAY_TASK_STEP": "\(step)",
      ])
    }
    #expect(try shard(3, 8, 1, 8, 1) == Shard(3, of: 8))
    #expect(try shard(0, 8, 0, 7, 1) == Shard(1, of: 8))
    #expect(try shard(9, 4, 3, 12, 3) == Shard(3, of: 4))
    #expect(try shard(5, 1, 5, 5, 1) == nil)
    #expect(try Shard.ofSlurmArray(["SLURM_ARRAY_TASK_ID": "3"]) == nil)
    #expect(try Shard.ofSlurmArray([:]) == nil)
    #expect(throws: InputError.self) { _ = try shard(7, 2, 3, 7, 1) }
  }
}

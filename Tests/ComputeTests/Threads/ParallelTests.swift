import Compute
import Testing

@Suite struct ParallelTests {
  @Test("Every job runs exactly once, and workers stay within the thread count", arguments: 1...5)
  func everyJobOnce(threads: Int) {
    let visits = Guarded<[Int: Int]>([:])
    let workers = Guarded<Set<Int>>([])
    Parallel.$threads.withValue(threads) {
      Parallel.forEach(1000) { job, worker in
        visits.withLock { $0[job, default: 0] += 1 }
        workers.withLock { _ = $0.insert(worker) }
      }
    }
    #expect(visits.withLock { $0.count } == 1000)
    #expect(visits.withLock { $0.values.allSatisfy { $0 == 1 } })
    #expect(workers.withLock { $0.allSatisfy { (0..<threads).contains($0) } })
  }

  @Test("A worker is held by one thread at a time")
  func workersAreExclusive() {
    let busy = Guarded<Set<Int>>([])
    let clashes = Guarded(0)
    Parallel.$threads.withValue(4) {
      Parallel.forEach(500) { _, worker in
        if !busy.withLock({ $0.insert(worker).inserted }) { clashes.withLock { $0 += 1 } }
        busy.withLock { _ = $0.remove(worker) }
      }
    }
    #expect(clashes.withLock { $0 } == 0)
  }

  @Test("No job, no call; nested loops run on the worker's own thread")
  func emptyAndNested() {
    Parallel.forEach(0) { _, _ in Issue.record("a job ran") }
    let nestedThreads = Guarded<Set<Int>>([])
    Parallel.$threads.withValue(3) {
      Parallel.forEach(6) { _, _ in
        nestedThreads.withLock { _ = $0.insert(Parallel.threadCount) }
      }
    }
    #expect(nestedThreads.withLock { $0 } == [1])
  }

  @Test(
    "Chunks cover the range once, in pieces of at most the size", arguments: [0, 1, 7, 64, 100])
  func chunks(count: Int) {
    let covered = Guarded<[Int]>([])
    Parallel.forEachChunk(of: count, size: 8) { range in
      covered.withLock { $0 += Array(range) }
      #expect(range.count <= 8)
    }
    #expect(covered.withLock { $0.sorted() } == Array(0..<count))
  }

  @Test("Sums are the same bits for any number of threads")
  func sumsAreReproducible() {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<100_000).map { _ in generator.normal() * 1e8 + generator.uniform() }
    let sums = [1, 2, 3, 7].map { threads in
      Parallel.$threads.withValue(threads) {
        Parallel.sum(of: values.count, size: 1000) { $0.reduce(0.0) { $0 + values[$1] } }
      }
    }
    #expect(Set(sums.map(\.bitPattern)).count == 1)
    #expect(Parallel.map(10) { $0 * $0 } == (0..<10).map { $0 * $0 })
  }
}

import Compute
import Foundation
import Testing
import Training

@Suite(.timeLimit(.minutes(1))) struct PrefetcherTests {
  struct Odd: Error, Equatable { let number: Int }

  /// What a prefetcher delivers: numbers, and errors where they occur.
  static func drain<E: Sendable>(_ prefetcher: Prefetcher<E>) -> [Result<E, any Error>] {
    var results: [Result<E, any Error>] = []
    while true {
      do {
        guard let element = try prefetcher.next() else { return results }
        results.append(.success(element))
      } catch {
        results.append(.failure(error))
      }
    }
  }

  @Test(arguments: [0, 1, 2, 5, 100], [1, 2, 3]) func inOrder(depth: Int, workers: Int) throws {
    let prefetcher = Prefetcher(7..<40, depth: depth, workers: workers) { number in
      if number % 5 == 0 { throw Odd(number: number) }
      // Uneven work, so that threads overtake each other.
      var generator = SeededGenerator(seed: UInt64(number))
      var sum = 0.0
      for _ in 0..<(number % 3) * 5000 { sum += generator.uniform() }
      return sum < 0 ? -1 : number
    }
    let results = Self.drain(prefetcher)
    #expect(results.count == 33)
    for (number, result) in zip(7..<40, results) {
      switch result {
      case .success(let element): #expect(element == number && number % 5 != 0)
      case .failure(let error): #expect(error as? Odd == Odd(number: number))
      }
    }
    #expect(try prefetcher.next() == nil)
    prefetcher.wait()
  }

  @Test(arguments: [1, 2]) func staysWithinItsDepth(workers: Int) throws {
    let box = Box()
    let prefetcher = Prefetcher(0..<1000, depth: 3, workers: workers) { number in
      box.begin()
      return number
    }
    for taken in 0..<50 {
      #expect(try prefetcher.next() == taken)
      // Taken so far, and at most three ahead of them.
      #expect(box.count <= taken + 1 + 3)
    }
    prefetcher.cancel()
    prefetcher.wait()
    #expect(box.count <= 54)
    #expect(try prefetcher.next() == nil)
  }

  /// Counts calls.
  final class Box: Sendable {
    private let started = Guarded(0)
    func begin() { started.withLock { $0 += 1 } }
    var count: Int { started.withLock { $0 } }
  }

  /// Threads end when the owner goes away early, whatever they are doing.
  @Test func goesAwayWithItsOwner() throws {
    weak let token = try Self.use()
    // The threads hold the closure, and so its token, until they end.
    for _ in 0..<2000 where token != nil { usleep(1000) }
    #expect(token == nil)
  }

  static func use() throws -> Box? {
    let box = Box()
    let prefetcher = Prefetcher(0..<1_000_000, depth: 4, workers: 2) { number in
      box.begin()
      return number
    }
    #expect(try prefetcher.next() == 0)
    return box
  }

  /// A consumer that waits is released by another thread's cancel.
  @Test func cancelReleasesTheConsumer() async throws {
    let gate = DispatchSemaphore(value: 0)
    let prefetcher = Prefetcher(0..<10, depth: 2) { number in
      gate.wait()
      return number
    }
    let consumer = Task.detached { try prefetcher.next() }
    try await Task.sleep(for: .milliseconds(20))
    prefetcher.cancel()
    #expect(try await consumer.value == nil)
    for _ in 0..<10 { gate.signal() }
    prefetcher.wait()
  }

  @Test func emptyRange() throws {
    let prefetcher = Prefetcher(3..<3, depth: 2) { $0 }
    #expect(try prefetcher.next() == nil)
    prefetcher.wait()
  }

  /// The samples of a run do not depend on how they are prefetched, nor on where it resumes.
  @Test func samplesDoNotDependOnPrefetching() throws {
    let source = try SampleSourceTests.source([
      "sampling={mode: patches, patch: 8}", SampleSourceTests.everything,
    ])
    let all = source.count * 2
    @Sendable func sample(_ number: Int) throws -> Sample {
      try source.sample(epoch: number / source.count, position: number % source.count)
    }
    let reference = try (0..<all).map(sample)
    for (depth, workers, start) in [(0, 1, 0), (1, 1, 5), (3, 2, 0), (8, 2, 17)] {
      let prefetcher = Prefetcher(start..<all, depth: depth, workers: workers, prepare: sample)
      for number in start..<all {
        let next = try #require(try prefetcher.next())
        #expect(SampleSourceTests.same(next, reference[number]))
      }
    }
  }
}

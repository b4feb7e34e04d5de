import Compute
import Dispatch
import Foundation

/// Prepares elements ahead of their use on background threads, with bounded memory.
///
/// Elements arrive in order, whatever thread made them; the error of a preparation is thrown where
/// its element would have arrived. At most `depth` elements are prepared or in preparation ahead of
/// the consumer.
///
/// This is the only user of threads besides `Parallel`: its workers wait for the consumer, which a
/// parallel loop must never do. Each runs with `Parallel.threads` = 1, so that the optimizer keeps
/// the cores.
package final class Prefetcher<Element: Sendable>: Sendable {
  private let shared: Shared
  private let range: Range<Int>
  private let depth: Int

  /// Starts to prepare.
  ///
  /// - Parameters:
  ///   - range: The elements, by number; start anywhere to resume.
  ///   - depth: How many elements may be ahead; 0 prepares each in ``next()``.
  ///   - workers: The number of threads.
  ///   - prepare: Makes an element; called once for each number, from any thread.
  package init(
    _ range: Range<Int>, depth: Int, workers: Int = 1,
    prepare: @escaping @Sendable (Int) throws -> Element
  ) {
    precondition(depth >= 0 && workers >= 1, "depth must not be negative, workers at least 1")
    self.range = range
    self.depth = depth
    shared = Shared(range: range, depth: depth, prepare: prepare)
    guard depth > 0 else { return }
    for _ in 0..<min(workers, depth, range.count) {
      shared.running.enter()
      let thread = Thread { [shared] in
        Parallel.$threads.withValue(1) { shared.work() }
        shared.running.leave()
      }
      thread.name = "prefetch"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit { cancel() }

  /// The next element in order; nil at the end and after ``cancel()``.
  ///
  /// Waits until it is ready. Call it from one thread at a time.
  package func next() throws -> Element? {
    let number = shared.state.withLock { state -> Int? in
      guard !state.isCancelled, state.nextTaken < range.upperBound else { return nil }
      state.nextTaken += 1
      return state.nextTaken - 1
    }
    guard let number else { return nil }
    guard depth > 0 else { return try shared.prepare(number) }
    let slot = number % depth
    shared.ready[slot].wait()
    let result = shared.state.withLock { $0.results.removeValue(forKey: number) }
    shared.space.signal()
    return try result?.get()
  }

  /// Ends the preparation: threads stop after the element they are at, and ``next()`` gives nil.
  package func cancel() { shared.cancel() }

  /// Waits until all threads have ended, which they do at the end of the range or after
  /// ``cancel()``.
  package func wait() { shared.running.wait() }

  /// What the threads share with their owner, which may be released before they end.
  private final class Shared: Sendable {
    struct State {
      var nextClaimed: Int
      var nextTaken: Int
      var results: [Int: Result<Element, any Error>] = [:]
      var isCancelled = false
    }

    let state: Guarded<State>
    let upperBound: Int
    /// Signaled once for each element that may be begun.
    let space = DispatchSemaphore(value: 0)
    /// Signaled when the element of a slot (number modulo depth) is ready; at most one per slot is
    /// ahead of the consumer.
    let ready: [DispatchSemaphore]
    let running = DispatchGroup()
    let prepare: @Sendable (Int) throws -> Element

    init(
      range: Range<Int>, depth: Int, prepare: @escaping @Sendable (Int) throws -> Element
    ) {
      state = Guarded(State(nextClaimed: range.lowerBound, nextTaken: range.lowerBound))
      upperBound = range.upperBound
      ready = (0..<depth).map { _ in DispatchSemaphore(value: 0) }
      self.prepare = prepare
      for _ in 0..<depth { space.signal() }
    }

    func work() {
      while true {
        space.wait()
        let number = state.withLock { state -> Int? in
          guard !state.isCancelled, state.nextClaimed < upperBound else { return nil }
          state.nextClaimed += 1
          return state.nextClaimed - 1
        }
        guard let number else {
          space.signal()  // passes the news on to the other threads
          return
        }
        let result = Result { try prepare(number) }
        state.withLock { $0.results[number] = result }
        ready[number % ready.count].signal()
      }
    }

    func cancel() {
      state.withLock {
        $0.isCancelled = true
        $0.results = [:]
      }
      space.signal()
      for slot in ready { slot.signal() }
    }
  }
}

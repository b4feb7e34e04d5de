/// The threads of the process, shared by pieces of work that run at the same time.
///
/// Each piece of work has the thread on which it runs. The others belong to whoever has a loop to
/// run: it takes those that are free at its beginning and gives them back at its end. So the cores
/// of a frame that is read or written serve the loops of another one.
package final class ThreadBudget: Sendable {
  /// The budget of this scope; nil where loops take as many threads as they may.
  @TaskLocal package static var current: ThreadBudget?

  private let free: Guarded<Int>

  /// A budget of so many threads.
  package init(threads: Int) { free = Guarded(threads) }

  /// Counts the calling thread among those that work, also where none is free: loops give theirs
  /// back soon.
  package func enter() { free.withLock { $0 -= 1 } }

  /// The calling thread no longer works.
  package func leave() { free.withLock { $0 += 1 } }

  /// Takes the threads that are free, at most `limit`.
  ///
  /// - Returns: How many they are, to be given back.
  func take(_ limit: Int) -> Int {
    free.withLock { free in
      let taken = max(0, min(limit, free))
      free -= taken
      return taken
    }
  }

  /// Gives threads back.
  func give(_ count: Int) {
    if count > 0 { free.withLock { $0 += count } }
  }
}

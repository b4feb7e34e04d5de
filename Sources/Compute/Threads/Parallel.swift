import Dispatch
import Synchronization

/// The only caller of threads.
///
/// Work is cut into jobs by its size, never by the number of threads, and every job writes its own
/// part of the result; so results are the same bits for 1, 2 or 64 threads.
public enum Parallel {
  /// The number of threads that this scope may use; nil means ``defaultThreadCount``.
  @TaskLocal public static var threads: Int?

  private static let processDefault = Atomic<Int>(ProcessorShare.current.threads)

  /// The number of threads used where no scope says otherwise; at start as many as the affinity
  /// mask, control groups and Slurm give to the process.
  public static var defaultThreadCount: Int {
    get { processDefault.load(ordering: .relaxed) }
    set { processDefault.store(max(1, newValue), ordering: .relaxed) }
  }

  /// The number of threads in force here; where they are shared with other work
  /// (``ThreadBudget``), at most so many.
  public static var threadCount: Int { max(1, threads ?? defaultThreadCount) }

  /// Runs `body(job, worker)` for every job in `0..<jobs`, each exactly once, and waits for all.
  ///
  /// `worker` lies in `0..<threadCount` and is held by one thread at a time, so it may index
  /// per-worker scratch. Which worker gets which job is not defined.
  public static func forEach(_ jobs: Int, _ body: @Sendable (_ job: Int, _ worker: Int) -> Void) {
    let limit = min(threadCount, jobs)
    if limit <= 1 {
      for job in 0..<max(0, jobs) { body(job, 0) }
      return
    }
    let budget = ThreadBudget.current
    let helpers = budget?.take(limit - 1) ?? limit - 1
    defer { budget?.give(helpers) }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: helpers + 1) { worker in
      // Inside a worker the cores are taken: nested calls run on this thread alone.
      $threads.withValue(1) {
        while true {
          let job = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if job >= jobs { return }
          body(job, worker)
        }
      }
    }
  }

  /// Cuts `0..<count` into ranges of at most `size` and runs `body` on each.
  public static func forEachChunk(
    of count: Int, size: Int, _ body: @Sendable (Range<Int>) -> Void
  ) {
    precondition(size > 0, "a chunk holds at least one element")
    forEach(count.parts(of: size)) { job, _ in
      body(job * size..<min(count, (job + 1) * size))
    }
  }

  /// The sum over `0..<count` of `body(range)`, cut into ranges of `size` and added in their order.
  public static func sum<Value: AdditiveArithmetic & Sendable>(
    of count: Int, size: Int, _ body: @Sendable (Range<Int>) -> Value
  ) -> Value {
    map(count.parts(of: size)) { job in
      body(job * size..<min(count, (job + 1) * size))
    }.reduce(.zero, +)
  }

  /// `body(0)`, `body(1)`, … computed on all threads, in order.
  public static func map<Value: Sendable>(
    _ jobs: Int, _ body: @Sendable (_ job: Int) -> Value
  ) -> [Value] {
    let results = Guarded<[Value?]>(Array(repeating: nil, count: max(0, jobs)))
    forEach(jobs) { job, _ in
      let value = body(job)
      results.withLock { $0[job] = value }
    }
    return results.withLock { $0.map { $0! } }
  }
}

import Benchmarking

/// The shortest of `repeats` runs, after one that warms caches and allocators up, in seconds.
func shortestTime(repeats: Int = 3, _ body: () throws -> Void) rethrows -> Double {
  try Timing.of(repetitions: repeats, body).minimum
}

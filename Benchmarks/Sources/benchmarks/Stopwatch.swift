/// The shortest of `repeats` runs, after one that warms caches and allocators up, in seconds.
func shortestTime(repeats: Int = 3, _ body: () throws -> Void) rethrows -> Double {
  try body()
  var shortest = Double.infinity
  for _ in 0..<repeats {
    let elapsed = try ContinuousClock().measure { try body() }
    let (seconds, attoseconds) = elapsed.components
    shortest = min(shortest, Double(seconds) + Double(attoseconds) * 1e-18)
  }
  return shortest
}

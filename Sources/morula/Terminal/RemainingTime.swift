/// Tells from the time that a part of the work took how long the rest will take.
struct RemainingTime {
  private let start = ContinuousClock.now

  /// The seconds since the work began.
  var elapsed: Double { start.duration(to: .now) / .seconds(1) }

  /// The time left after `done` of `total` equal parts, for people: `12 min 05 s left`.
  func left(_ done: Int, of total: Int) -> String { left(share: Double(done) / Double(total)) }

  /// The time left after a share of the work: `12 min 05 s left`; nothing is known from the first
  /// moments.
  func left(share: Double) -> String {
    guard share > 0 else { return "time left unknown" }
    return ProgressLine.duration(elapsed / share * (1 - share)) + " left"
  }
}

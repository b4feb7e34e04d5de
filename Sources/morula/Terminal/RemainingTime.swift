/// Tells from the time that a part of the work took how long the rest will take.
struct RemainingTime {
  private let start = ContinuousClock.now

  /// The seconds since the work began.
  var elapsed: Double { start.duration(to: .now) / .seconds(1) }

  /// The time left after `done` of `total` equal parts, for people: `12 min 05 s left`.
  func left(_ done: Int, of total: Int) -> String {
    ProgressLine.duration(elapsed / Double(done) * Double(total - done)) + " left"
  }
}

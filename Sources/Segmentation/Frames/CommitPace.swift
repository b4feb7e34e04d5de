/// When the frames that are finished are recorded.
///
/// Tables are replaced as a whole, which takes longer with every frame. So that the work on long
/// series does not grow with the square of their length, recording takes at most a tenth of the time:
/// the longer it takes, the more frames share it.
struct CommitPace {
  private static let rest = 9.0

  private var next: ContinuousClock.Instant?

  /// Whether frames are recorded now.
  func isDue(at now: ContinuousClock.Instant = .now) -> Bool { next.map { $0 <= now } ?? true }

  /// Frames were recorded, from `start` to `end`.
  mutating func recorded(
    since start: ContinuousClock.Instant, until end: ContinuousClock.Instant = .now
  ) {
    next = end + start.duration(to: end) * Self.rest
  }
}

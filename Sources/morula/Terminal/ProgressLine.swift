import Compute
import Foundation

/// Progress on standard error: one line that is redrawn on a terminal, plain lines in a log.
///
/// Texts go through the door for untrusted text, and work goes on where nothing can be shown.
struct ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var lastWidth = 0
  private let start = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?
  /// The time between two lines of a log.
  private let logInterval = Duration.seconds(30)
  /// The time without any line after which a log gets one of less weight.
  private let minorLogInterval = Duration.seconds(60)
  private let redrawInterval = Duration.milliseconds(100)

  /// Shows a state that the next one replaces; in a log at most one every half minute.
  ///
  /// - Parameters:
  ///   - text: The state.
  ///   - always: Whether it is shown in any case.
  ///   - isMinor: Whether a log gets it only after a minute without a line.
  mutating func show(
    _ text: @autoclosure () -> String, always: Bool = false, isMinor: Bool = false
  ) {
    let now = ContinuousClock.now
    let interval = isTerminal ? redrawInterval : isMinor ? minorLogInterval : logInterval
    let last = isMinor && !isTerminal ? lastShown ?? start : lastShown
    if !always, let last, last.duration(to: now) < interval { return }
    lastShown = now
    write(text(), isFinal: !isTerminal)
  }

  /// Shows a line that stays.
  mutating func print(_ text: String) { write(text, isFinal: true) }

  /// Removes what a terminal shows of the last state, before other output.
  mutating func clear() {
    guard isTerminal, lastWidth > 0 else { return }
    StandardStreams.tell("\r" + String(repeating: " ", count: lastWidth) + "\r")
    lastWidth = 0
  }

  private mutating func write(_ text: String, isFinal: Bool) {
    let text = text.visible()
    var line = text
    if isTerminal {
      let columns = Self.columns
      if !isFinal, line.count >= columns { line = String(line.prefix(columns - 1)) }
      line = "\r" + line + String(repeating: " ", count: max(0, lastWidth - text.count))
      lastWidth = isFinal ? 0 : min(text.count, columns - 1)
    }
    StandardStreams.tell(line + (isFinal ? "\n" : ""))
  }

  private static var columns: Int {
    var size = winsize()
    let status = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
    return status == 0 && size.ws_col > 20 ? Int(size.ws_col) : 100
  }

  /// A bar of `width` cells, `done` of `total` filled: `[####----]`.
  static func bar(_ done: Int, of total: Int, width: Int = 20) -> String {
    let filled = total > 0 ? min(width, width * done / total) : 0
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: "-", count: width - filled) + "]"
  }

  /// A duration for people: `45 s`, `12 min 05 s`, `3 h 20 min`, `2 d 4 h`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "unknown" }
    let whole = Int(clamped: seconds.rounded())
    let (days, hours, minutes) = (whole / 86400, whole / 3600 % 24, whole / 60 % 60)
    if days > 0 { return "\(days) d \(hours) h" }
    if hours > 0 { return "\(hours) h \(String(format: "%02d", minutes)) min" }
    if minutes > 0 { return "\(minutes) min \(String(format: "%02d", whole % 60)) s" }
    return "\(whole) s"
  }
}

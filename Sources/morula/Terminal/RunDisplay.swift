import Compute
import Segmentation

/// Shows how a run goes through its frames, on the terminal and in a log of `--log`.
struct RunDisplay {
  private var line = ProgressLine()
  private let clock = RemainingTime()
  private let log: FrameLog?
  /// Whether notes are shown.
  var tellsNotes = true
  /// The last frame that was done, and when.
  private var last: (text: String, time: Double)?
  /// The frames that were done.
  private var done = 0

  /// How long a frame that is done is shown, in seconds, before those that are worked on.
  private static let showing = 2.0
  /// From so many frames on their number per hour is told.
  private static let fewest = 3

  /// A display for these options.
  init(_ options: RunOptions) throws { try self.init(log: options.log) }

  /// A display that keeps a log in this file.
  init(log: String?) throws { self.log = try log.map { try FrameLog($0) } }

  /// The seconds since the work began.
  var elapsed: Double { clock.elapsed }

  /// The speed of the run, to follow its time: ` (4500 frames per hour)`; nothing after very few
  /// frames.
  var rate: String {
    guard done >= Self.fewest, elapsed > 0 else { return "" }
    return " (\(Int(clamped: (Double(done) / elapsed * 3600).rounded())) frames per hour)"
  }

  /// Shows a line that stays.
  mutating func print(_ text: String) { line.print(text) }

  /// Shows an event of a run.
  mutating func show(_ event: FrameEvent) throws {
    switch event {
    case .notes(let notes): if tellsNotes { for note in notes { line.print("note: \(note)") } }
    case .frame(let outcome, let progress):
      try log?.append(outcome)
      if let error = outcome.error {
        line.print(errorLine(error))
      } else {
        done += 1
        let text =
          outcome.name + (outcome.nuclei.map { ": \($0.counted("nucleus", "nuclei"))" } ?? "")
        last = (text, elapsed)
        let shown = self.text(progress, text)
        line.show(shown, always: progress.done == progress.total)
      }
    case .progress(let progress):
      let isRecent = last.map { elapsed - $0.time < Self.showing } ?? false
      let shown = text(progress, isRecent ? last?.text ?? "" : Self.text(progress.running))
      line.show(shown, isMinor: true)
    }
  }

  /// The line of a run, what matters most first, as a narrow terminal cuts its end.
  private func text(_ progress: RunProgress, _ what: String) -> String {
    let cells = 1000
    let bar = ProgressLine.bar(Int(clamped: progress.share * Double(cells)), of: cells)
    return "\(clock.left(share: progress.share))  \(bar) \(progress.done)/\(progress.total) \(what)"
  }

  /// The frames that are worked on: `Emb01_t012 at 40 % and 3 more`.
  private static func text(_ running: [RunProgress.Frame]) -> String {
    guard let first = running.first else { return "" }
    return "\(first.name) at \(Int(clamped: first.share * 100)) %"
      + (running.count > 1 ? " and \(running.count - 1) more" : "")
  }
}

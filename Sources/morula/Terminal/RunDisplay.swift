import Compute
import Segmentation

/// Shows how a run goes through its frames, on the terminal and in a log of `--log`.
struct RunDisplay {
  private var line = ProgressLine()
  private let clock = RemainingTime()
  private let log: FrameLog?
  /// Whether notes are shown.
  var tellsNotes = true

  /// A display for these options.
  init(_ options: RunOptions) throws { log = try options.log.map { try FrameLog($0) } }

  /// The seconds since the work began.
  var elapsed: Double { clock.elapsed }

  /// Shows a line that stays.
  mutating func print(_ text: String) { line.print(text) }

  /// Shows an event of a run.
  mutating func show(_ event: FrameEvent) throws {
    switch event {
    case .notes(let notes): if tellsNotes { for note in notes { line.print("note: \(note)") } }
    case .frame(let done, let total, let outcome):
      try log?.append(outcome)
      if let error = outcome.error {
        line.print(errorLine(error))
      } else {
        let text =
          "\(clock.left(done, of: total))  \(ProgressLine.bar(done, of: total)) \(done)/\(total) "
          + outcome.name + (outcome.nuclei.map { ": \($0.counted("nucleus", "nuclei"))" } ?? "")
        line.show(text, always: done == total)
      }
    }
  }
}

import Compute
import Foundation
import Morphometry
import Segmentation

/// A file with one JSON object a line for each frame, for programs that watch a run (`--log`).
///
/// Lines are added to those of earlier runs.
struct FrameLog {
  private let file: AppendedFile

  /// Opens the file; makes it if there is none.
  init(_ path: String) throws { file = try AppendedFile(path) }

  /// Adds a line.
  func append(_ outcome: FrameOutcome) throws {
    let line = JSONValue.object([
      .init("series", .text(outcome.series)), .init("name", .text(outcome.name)),
      .init("file", .text(outcome.path)), .init("time", .integer(outcome.time)),
      .init("status", .text(outcome.error == nil ? "done" : "failed")),
      .init("started", .text(outcome.started.formatted(.iso8601))),
      .init("finished", .text(Date.now.formatted(.iso8601))),
      .init("seconds", .number(outcome.seconds)),
      .init("peak_memory_bytes", JSONValue(outcome.peakMemory)),
      .init("nuclei", JSONValue(outcome.nuclei)),
      .init("notes", .list(outcome.notes.map(JSONValue.text))),
      .init("error", JSONValue(outcome.error.map(errorLine))),
    ])
    try file.append((line.lineText + "\n").utf8)
  }
}

import Foundation

/// Progress of a run that goes through the frames of series.
public enum FrameEvent: Sendable {
  /// Before the first frame: what there is to say about results that the folder holds already.
  case notes([String])
  /// A frame is done, or failed: how many of this run are done, and of how many.
  case frame(done: Int, total: Int, FrameOutcome)
}

/// What became of a frame.
public struct FrameOutcome: Sendable {
  /// The series.
  public let series: String
  /// The name of its results.
  public let name: String
  /// The file it came from.
  public let path: String
  /// The time number.
  public let time: Int
  /// When the work on it began.
  public let started: Date
  /// The seconds it took.
  public var seconds = 0.0
  /// The number of nuclei; nil if it failed.
  public var nuclei: Int?
  /// The largest memory of the process meanwhile, in bytes; nil where the system does not tell.
  public var peakMemory: Int?
  /// What is odd about it, one line each.
  public var notes: [String] = []
  /// Why it failed; nil if it did not.
  public var error: (any Error)?

  /// A frame on which work begins.
  init(_ frame: JobFrame) {
    series = frame.series
    name = frame.key.name
    path = frame.leading?.path ?? ""
    time = frame.leading?.time ?? 1
    started = .now
  }

  /// Takes over what is known of the finished frame.
  mutating func add(_ record: JobRecord) {
    nuclei = record.nuclei
    seconds = record.seconds
    peakMemory = record.peakMemory
    notes = record.notes
  }
}

import Foundation

/// Progress of a run that goes through the frames of series.
public enum FrameEvent: Sendable {
  /// Before the first frame: what there is to say about results that the folder holds already.
  case notes([String])
  /// A frame is done, or failed; in the order of the series.
  case frame(FrameOutcome, RunProgress)
  /// Several times a second: how far the frames are that are being worked on.
  case progress(RunProgress)
}

/// How far a run is.
public struct RunProgress: Hashable, Sendable {
  /// A frame that is being worked on.
  public struct Frame: Hashable, Sendable {
    /// The name of its results.
    public let name: String
    /// The share of its work that is done, from 0 to 1.
    public let share: Double
  }

  /// The frames of this run that are done or failed.
  public var done: Int
  /// The frames of this run.
  public var total: Int
  /// The share of the run's work that is done, from 0 to 1. A frame counts by its voxels, and one
  /// that is being worked on by the share of its work.
  public var share: Double
  /// The frames that are being worked on, the oldest first.
  public var running: [Frame]
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
  public let seconds: Double
  /// The number of nuclei; nil if it failed.
  public var nuclei: Int?
  /// The largest memory of the process meanwhile, in bytes; nil where the system does not tell.
  public let peakMemory: Int?
  /// What is odd about it, one line each.
  public var notes: [String] = []
  /// Why it failed; nil if it did not.
  public var error: (any Error)?

  /// A frame that failed.
  init(_ frame: JobFrame, _ effort: FrameEffort, error: any Error) {
    self.init(frame, effort)
    self.error = error
  }

  /// A frame that is done.
  init(_ frame: JobFrame, _ effort: FrameEffort, _ record: JobRecord) {
    self.init(frame, effort)
    nuclei = record.nuclei
    notes = record.notes
  }

  private init(_ frame: JobFrame, _ effort: FrameEffort) {
    self.init(
      series: frame.series, name: frame.key.name, path: frame.leading?.path ?? "",
      time: frame.leading?.time ?? 1, effort)
  }

  /// A frame of an image that is not a job's.
  init(series: String, name: String, path: String, time: Int, _ effort: FrameEffort) {
    self.series = series
    self.name = name
    self.path = path
    self.time = time
    started = effort.started
    seconds = effort.seconds
    peakMemory = effort.peakMemory
  }
}

import Compute
import Microscopy

/// Writes the label images of a series: a file per frame, or one hyperstack.
///
/// The frames of a hyperstack are kept in the folder of the job too, from which it is made when the
/// series is done, and made anew when it has grown.
struct LabelWriter {
  private let series: ImageSeries
  private let job: Job
  private let isHyperstack: Bool
  private var hasNew = false

  init(_ series: ImageSeries, job: Job, isHyperstack: Bool) {
    self.series = series
    self.job = job
    self.isHyperstack = isHyperstack
  }

  /// Where the parts of hyperstacks are, inside the folder of the job.
  static let parts = JobFolder.state + "/labels"

  /// Where the labels of a frame go, inside the folder of the job.
  private func path(_ stem: String) -> String {
    (isHyperstack ? Self.parts : "labels") + "/" + stem + ".tif"
  }

  /// Writes the labels 1…`count` of a frame, which the job gives their name; returns it.
  mutating func write(
    _ labels: any PlaneSource<UInt32>, count: Int, stem: String
  ) throws -> String {
    let path = path(stem)
    try TIFF.write(
      labels: labels, count: count, to: job.pendingPath(path),
      frameInterval: series.secondsPerFrame)
    hasNew = true
    return path
  }

  /// Completes the hyperstack from the frames that are done; those that failed are blank, because
  /// the index of a frame is its time.
  func finish(isWhole: Bool) throws {
    let target = "labels/\(series.name).tif"
    guard isHyperstack, hasNew || !FileSystem.exists(job.folder + "/" + target) else { return }
    var frames = series.frames.map {
      job.records[JobRecord.Key(series: series.name, name: $0.stem)]
    }
    // What is not there yet is not blank.
    if !isWhole { frames = Array(frames.prefix { $0 != nil }) }
    guard frames.contains(where: { $0 != nil }) else { return }
    try job.replaceDerived(target) { path in
      let writer = HyperstackWriter<UInt16>(
        to: path, frames: frames.count, frameInterval: series.secondsPerFrame)
      for frame in frames {
        if let frame {
          try writer.append(labels: TIFF.readLabels(at: job.folder + "/" + self.path(frame.name)))
        } else {
          try writer.appendBlank()
        }
      }
      try writer.finish()
    }
  }
}

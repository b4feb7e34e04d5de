import Compute
import Microscopy

/// Writes the label images of the frames of a series, and what is made of all of them.
struct LabelWriter {
  private let series: ImageSeries
  private let job: Job
  private let assembly: LabelAssembly

  init(_ series: ImageSeries, job: Job, _ assembly: LabelAssembly) {
    self.series = series
    self.job = job
    self.assembly = assembly
  }

  /// Writes the labels 1…`count` of a frame, which the job gives their name; returns it.
  mutating func write(
    _ labels: any PlaneSource<UInt32>, count: Int, stem: String
  ) throws -> String {
    let path = assembly.part(stem)
    try TIFF.write(
      labels: labels, count: count, to: job.pendingPath(path),
      frameInterval: series.secondsPerFrame)
    return path
  }

  /// Makes the images of the whole series from the frames that are done.
  func finish(isWhole: Bool) throws {
    try assembly.assemble(series, in: job, isWhole: isWhole)
  }
}

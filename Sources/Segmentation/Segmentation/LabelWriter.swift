import Microscopy

/// Writes the label images of the frames of a series.
struct LabelWriter: Sendable {
  /// The series.
  let series: ImageSeries
  /// What is made of the labels of all frames, which tells where those of one go.
  let assembly: LabelAssembly

  /// Writes the labels 1…`count` of a frame, which the job gives their name; returns it.
  func write(
    _ labels: any PlaneSource<UInt32>, count: Int, stem: String, to pending: PendingFiles
  ) throws -> String {
    let path = assembly.part(stem)
    try TIFF.write(
      labels: labels, count: count, to: pending.path(path), frameInterval: series.secondsPerFrame)
    return path
  }
}

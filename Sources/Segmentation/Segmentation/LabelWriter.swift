import Microscopy

/// Writes the labels of one series: a file per frame, or one hyperstack.
struct LabelWriter {
  private let folder: String
  private let interval: Double?
  private let hyperstack: HyperstackWriter<UInt16>?
  private var hasFrames = false

  /// A writer into `folder`, which exists.
  init(_ series: ImageSeries, folder: String, options: SegmentationRun.Options) {
    self.folder = folder
    interval = series.secondsPerFrame
    hyperstack =
      options.writesHyperstack
      ? HyperstackWriter(
        to: "\(folder)/\(series.name).tif", frames: series.frames.count, frameInterval: interval)
      : nil
  }

  /// Writes the labels of the next frame.
  mutating func append(_ labels: LabelVolume, stem: String) throws(TIFFError) {
    if let hyperstack {
      try hyperstack.append(labels: labels)
    } else {
      try TIFF.write(labels, to: "\(folder)/\(stem).tif", frameInterval: interval)
    }
    hasFrames = true
  }

  /// Leaves out the next frame, which failed.
  ///
  /// A hyperstack gets a blank frame, because the index of a frame is its time.
  mutating func skip() throws(TIFFError) { try hyperstack?.appendBlank() }

  /// Completes the hyperstack.
  func finish() throws(TIFFError) {
    if hasFrames { try hyperstack?.finish() }
  }
}

import Compute
import Foundation
import Microscopy
import Morphometry

/// Segments series of volumes frame by frame and writes labels, tables and a record of the run.
///
/// One frame is in memory at a time. A frame that fails is reported and left out; the others go on.
public struct SegmentationRun: Sendable {
  /// What is written besides labels and tables.
  public struct Options: Sendable, Hashable {
    /// Whether the labels of a series become one hyperstack instead of a file per frame.
    public var writesHyperstack = false
    /// Whether foreground masks are written, to `masks/`.
    public var writesMasks = false
    /// Whether probabilities are written, to `probabilities/` and `centers/`.
    public var writesProbabilities = false

    /// Labels and tables only.
    public init() {}
  }

  /// What happens while it runs.
  public enum Event: Sendable {
    /// A frame is done: how many of all, its name, its nuclei.
    case frame(done: Int, total: Int, name: String, nuclei: Int)
    /// A frame failed.
    case failure(done: Int, total: Int, error: any Error)
  }

  /// What segments.
  public let segmenter: Segmenter
  /// The series.
  public let series: [ImageSeries]
  /// The folder for results.
  public let output: String
  /// What is written.
  public let options: Options

  /// A run; nothing is read or written yet.
  public init(
    _ segmenter: Segmenter, series: [ImageSeries], output: String, options: Options = Options()
  ) {
    self.segmenter = segmenter
    self.series = series
    self.output = output
    self.options = options
  }

  /// Segments all frames, or those up to the first one before which `shouldStop` says so; what is done
  /// by then is written.
  ///
  /// - Parameters:
  ///   - record: What is known of the run beforehand; the results are added and written to
  ///     `run.json`.
  ///   - shouldStop: Asked before every frame.
  ///   - report: Called after every frame.
  /// - Returns: The record as written.
  /// - Throws: an error of one line where results cannot be written.
  public func run(
    record: RunRecord, shouldStop: () -> Bool = { false }, report: (Event) -> Void = { _ in }
  ) throws -> RunRecord {
    try prepareFolders()
    var record = record
    var tables = SeriesTables(
      series: series.map(\.name), hasIntensity: true, extraColumns: ["without_center"])
    var workspace = Workspace()
    let total = series.reduce(0) { $0 + $1.frames.count }
    let start = ContinuousClock.now
    var done = 0
    for one in series {
      var entry = RunRecord.Series(one)
      var writer = LabelWriter(one, folder: output + "/labels", options: options)
      for frame in one.frames {
        if shouldStop() {
          record.isInterrupted = true
          break
        }
        let begin = ContinuousClock.now
        done += 1
        var result = RunRecord.Frame(frame)
        do {
          let nuclei = try segment(
            frame, of: one, writer: &writer, tables: &tables, workspace: &workspace)
          result.nuclei = nuclei.count
          result.withoutCenter = nuclei.isUncentered.count { $0 }
          result.seconds = begin.duration(to: .now).inSeconds
          report(.frame(done: done, total: total, name: frame.stem, nuclei: nuclei.count))
        } catch {
          result.error = "\(error)".onOneLine()
          // Told first: where the disk failed, the writer can only say that it failed before.
          report(.failure(done: done, total: total, error: error))
          try writer.skip()
        }
        entry.frames.append(result)
      }
      try writer.finish()
      record.series.append(entry)
      if record.isInterrupted { break }
    }
    try tables.write(to: output)
    record.seconds = start.duration(to: .now).inSeconds
    try record.write(to: output + "/run.json")
    return record
  }

  /// Segments, measures and writes one frame.
  private func segment(
    _ frame: SeriesFrame, of one: ImageSeries, writer: inout LabelWriter,
    tables: inout SeriesTables, workspace: inout Workspace
  ) throws -> Instances {
    let image = try frame.read()
    let result = try segmenter.segment(image, name: frame.path, workspace: &workspace)
    let measurements = try NucleusMeasurements(result.instances.labels, image: image)
    let interval = one.secondsPerFrame
    try writer.append(result.instances.labels, stem: frame.stem)
    if options.writesMasks {
      try TIFF.write(
        result.mask.map { $0 ? UInt8(255) : 0 }, to: "\(output)/masks/\(frame.stem).tif",
        frameInterval: interval)
    }
    if options.writesProbabilities {
      if let probability = result.foregroundProbability {
        try TIFF.write(
          probability, to: "\(output)/probabilities/\(frame.stem).tif", frameInterval: interval)
      }
      if let probability = result.centerProbability {
        try TIFF.write(
          probability, to: "\(output)/centers/\(frame.stem).tif", frameInterval: interval)
      }
    }
    let first = one.frames.first?.time ?? frame.time
    tables.append(
      measurements, series: one.name, time: frame.time,
      seconds: one.frameInterval.map { $0 * Double(frame.time - first) }
    ) { nucleus in
      [.flag(result.instances.isUncentered[Int(nucleus.label) - 1])]
    }
    return result.instances
  }

  private func prepareFolders() throws {
    var folders = ["labels"]
    if options.writesMasks { folders.append("masks") }
    if options.writesProbabilities {
      if case .network = segmenter.foreground { folders.append("probabilities") }
      if segmenter.detector != nil { folders.append("centers") }
    }
    for folder in folders {
      try ImageSeries.prepare(folder: output + "/" + folder, for: series)
    }
  }

  /// An error in one line.
}

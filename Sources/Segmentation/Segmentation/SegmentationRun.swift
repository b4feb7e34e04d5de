import Compute
import Foundation
import Microscopy
import Morphometry

/// Segments series of volumes frame by frame and writes labels, tables and a record of the run.
///
/// One frame is in memory at a time. A frame that fails is reported and left out; the others go on.
public struct SegmentationRun: Sendable {
  /// What is written in addition to labels and tables.
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

  /// The segmenter.
  public let segmenter: Segmenter
  /// The series.
  public let series: [ImageSeries]
  /// The folder of the results.
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

  /// Segments all frames, or until `shouldStop` returns true; what is done by then is written. A
  /// frame that takes longer is given up.
  ///
  /// - Parameters:
  ///   - record: The record of the run so far; results are added, and it is written to `run.json`.
  ///   - shouldStop: Asked again and again.
  ///   - report: Called after every frame.
  /// - Returns: The record as written.
  /// - Throws: An error of one line if results cannot be written.
  public func run(
    record: RunRecord, shouldStop: () -> Bool = { false }, report: (FrameEvent) -> Void = { _ in }
  ) throws -> RunRecord {
    try prepareFolders()
    var record = record
    var tables = SeriesTables(
      series: series.map(\.name), hasIntensity: true, extraColumns: ["without_center"])
    let total = series.reduce(0) { $0 + $1.frames.count }
    let start = ContinuousClock.now
    var done = 0
    for specimen in series {
      var entry = RunRecord.Series(specimen)
      var writer = LabelWriter(specimen, folder: output + "/labels", options: options)
      for frame in specimen.frames {
        if shouldStop() {
          record.isInterrupted = true
          break
        }
        let begin = ContinuousClock.now
        done += 1
        var result = RunRecord.Frame(frame)
        do {
          guard
            let segmented = try BackgroundWork.result(
              until: shouldStop, { [segmenter] in try SegmentedFrame(frame, by: segmenter) })
          else {
            record.isInterrupted = true
            break
          }
          let nuclei = segmented.result.instances
          try write(segmented, frame, of: specimen, writer: &writer, tables: &tables)
          result.nuclei = nuclei.count
          result.withoutCenter = nuclei.isUncentered.count { $0 }
          result.seconds = begin.duration(to: .now).inSeconds
          report(.frame(done: done, total: total, name: frame.stem, nuclei: nuclei.count))
        } catch {
          result.error = "\(error)".onOneLine()
          // Reported before `skip`, which would fail with a less specific error if the disk failed.
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

  /// Writes what was found in one frame.
  private func write(
    _ segmented: SegmentedFrame, _ frame: SeriesFrame, of specimen: ImageSeries,
    writer: inout LabelWriter, tables: inout SeriesTables
  ) throws {
    let result = segmented.result
    let interval = specimen.secondsPerFrame
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
    let first = specimen.frames.first?.time ?? frame.time
    tables.append(
      segmented.measurements, series: specimen.name, time: frame.time,
      seconds: specimen.frameInterval.map { $0 * Double(frame.time - first) }
    ) { nucleus in
      [.flag(result.instances.isUncentered[Int(nucleus.label) - 1])]
    }
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
    // What a run that was killed has left, also of results that this one does not write.
    for folder in ["", "labels", "masks", "probabilities", "centers"] {
      AtomicFile.sweep(output + "/" + folder)
    }
  }
}

/// What was found in one frame; nothing of it is written yet.
private struct SegmentedFrame: Sendable {
  let result: Segmenter.Result
  let measurements: NucleusMeasurements

  /// Reads, segments and measures a frame.
  init(_ frame: SeriesFrame, by segmenter: Segmenter) throws {
    let image = try frame.read()
    var workspace = Workspace()
    result = try segmenter.segment(image, name: frame.path, workspace: &workspace)
    measurements = try NucleusMeasurements(result.instances.labels, image: image)
  }
}

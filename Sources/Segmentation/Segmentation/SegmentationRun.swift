import Compute
import Foundation
import Microscopy
import Morphometry

/// Segments series of volumes frame by frame into a folder of labels, tables and a record of the
/// run.
///
/// The folder is a job's: a run that was stopped, in whatever way, is continued by the same run
/// again, and the results are those of an undisturbed run. A frame that fails is reported and left
/// out; the others go on.
public struct SegmentationRun: Sendable {
  /// What is written in addition to labels and tables.
  public struct Options: Sendable, Hashable {
    /// Whether the labels of a series become one hyperstack instead of a file per frame.
    public var writesHyperstack = false
    /// The version of NGFF of the OME-Zarr image that the labels of a series become instead of a
    /// file per frame; nil for none.
    package var zarr: ZarrWriter.Version?
    /// The name of the label image that the labels become inside of OME-Zarr inputs too; nil for
    /// none.
    package var inputLabels: String?
    /// Whether foreground masks are written, to `masks/`.
    public var writesMasks = false
    /// Whether probabilities are written, to `probabilities/` and `centers/`.
    public var writesProbabilities = false
    /// Whether results of other settings in the folder are removed; otherwise they are an error.
    public var overwrites = false
    /// The part of the frames that is segmented; nil for all.
    package var shard: Shard?

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

  /// The same run, which removes nothing that is there.
  package var continued: SegmentationRun {
    var options = options
    options.overwrites = false
    return SegmentationRun(segmenter, series: series, output: output, options: options)
  }

  /// Segments the frames that are not done yet, several at a time, or until `shouldStop` returns
  /// true; what is done by then is complete. A frame that takes longer is given up.
  ///
  /// - Parameters:
  ///   - record: The record of the run so far; results are added, and it is written to `run.json`.
  ///   - shouldStop: Asked again and again.
  ///   - report: Called before the first frame, after every frame in the order of the series, and
  ///     several times a second.
  /// - Returns: The record as written.
  /// - Throws: An error of one line if the folder holds other results, or results cannot be written.
  public func run(
    record: RunRecord, shouldStop: () -> Bool = { false },
    report: (FrameEvent) throws -> Void = { _ in }
  ) throws -> RunRecord {
    let notes = try protectInputs()
    let job = try Job(
      folder: output, settings: try settings(record), order: JobOrder(series: series.map(\.name)),
      overwriting: options.overwrites, shard: options.shard)
    try makeFolders()
    if options.overwrites { try assembly.allowReplacing(series, in: job) }
    let frames = series.enumerated().flatMap { index, series in
      series.frames.map { SegmentationFrame($0, of: series, index: index) }
    }
    let part = try JobPart(of: frames.map(\.job), in: job)
    try report(.notes(part.notes + notes))
    let start = ContinuousClock.now
    var record = record
    record.isInterrupted = true
    try record.write(in: output, shard: options.shard)
    var ledger = SegmentationLedger(self, job: job, part)
    let pipeline = pipeline(of: frames.filter { part.isToDo($0.job) }, for: job)
    record.isInterrupted = try pipeline.run(
      until: shouldStop, watch: { try report(.progress($0)) },
      commit: { finished in
        for outcome in try ledger.commit(finished) {
          try report(.frame(outcome, pipeline.progress))
        }
      })
    try ledger.finish()
    record.series = ledger.entries
    record.seconds = start.duration(to: .now).inSeconds
    try record.write(in: output, shard: options.shard)
    try report(.notes(ledger.end(isStopped: record.isInterrupted)))
    return record
  }

  /// The pipeline with frames that are not done yet.
  private func pipeline(
    of frames: [SegmentationFrame], for job: Job
  ) -> FramePipeline<SegmentationFrame, SegmentedFrame> {
    let pending = job.pending
    let pipeline = FramePipeline<SegmentationFrame, SegmentedFrame>(segmenter.admission) {
      frame, work in
      try segmented(frame, work, pending)
    }
    pipeline.add(
      zip(frames, segmenter.needs(of: frames.map(\.image))).map {
        FramePipeline.Entry($0, name: $0.image.stem, needs: $1)
      })
    return pipeline
  }

  /// What the results depend on besides the frames.
  func settings(_ record: RunRecord) throws -> JobSettings {
    var settings = JobSettings(command: "segment")
    settings.set("method", record.method)
    for role in ["nsn", "ndn"] {
      let model = record.models.first { $0.role == role }
      settings.set(role, model.map { "\($0.name) \($0.sha256.prefix(12))" })
    }
    try settings.set(record.parameters)
    if let classical = record.classical { try settings.set(classical) }
    settings.set("hyperstack", "\(options.writesHyperstack)")
    settings.set("zarr", options.zarr?.rawValue)
    settings.set("masks", "\(options.writesMasks)")
    settings.set("probabilities", "\(options.writesProbabilities)")
    for (name, value) in segmenter.settings { settings.set(name, value) }
    return settings
  }

  /// What is made of the labels of frames.
  var assembly: LabelAssembly {
    LabelAssembly(
      options.writesHyperstack ? .hyperstack : options.zarr.map { .zarr($0) } ?? .stacks,
      inputName: options.inputLabels)
  }

  private var folders: [String] {
    var folders = assembly.folders
    if options.writesMasks { folders.append("masks") }
    if options.writesProbabilities {
      if case .network = segmenter.foreground { folders.append("probabilities") }
      if segmenter.detector != nil { folders.append("centers") }
    }
    return folders
  }

  /// Throws where a result would replace an input, or cannot be made; returns notes for the user.
  func protectInputs() throws -> [String] {
    let frames = series.flatMap(\.frames)
    let protected = ProtectedInputs(frames.map(\.path))
    for folder in folders {
      for stem in frames.map(\.stem) {
        try protected.check("\(output)/\(folder)/\(stem).tif", as: .file)
      }
    }
    return try assembly.check(
      series, output: output, protected, overwrites: options.overwrites)
  }

  private func makeFolders() throws {
    for folder in folders { try Folder.make(output + "/" + folder) }
  }
}

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

  /// Segments the frames that are not done yet, or until `shouldStop` returns true; what is done by
  /// then is complete. A frame that takes longer is given up.
  ///
  /// - Parameters:
  ///   - record: The record of the run so far; results are added, and it is written to `run.json`.
  ///   - shouldStop: Asked again and again.
  ///   - report: Called before the first and after every frame.
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
    let part = try JobPart(
      of: series.flatMap { series in series.frames.map { jobFrame($0, series) } }, in: job)
    try report(.notes(part.notes + notes))
    let start = ContinuousClock.now
    var record = record
    record.isInterrupted = true
    try record.write(in: output, shard: options.shard)
    var done = 0
    var isStopped = false
    for specimen in series {
      var entry = RunRecord.Series(specimen)
      var writer = LabelWriter(specimen, job: job, assembly)
      for frame in specimen.frames {
        let jobFrame = jobFrame(frame, specimen)
        if !part.includes(jobFrame) { continue }
        if let done = part.done[jobFrame.key] {
          entry.frames.append(RunRecord.Frame(frame, done))
          continue
        }
        isStopped = isStopped || shouldStop()
        if isStopped { continue }
        var outcome = FrameOutcome(jobFrame)
        guard
          let segmented = try segmented(frame, until: shouldStop, outcome: &outcome)
        else {
          isStopped = true
          continue
        }
        done += 1
        entry.frames.append(
          try commit(segmented, jobFrame, of: specimen, to: job, &writer, &outcome))
        try report(.frame(done: done, total: part.frames, outcome))
      }
      if options.shard == nil { try writer.finish(isWhole: !isStopped) }
      if !entry.frames.isEmpty { record.series.append(entry) }
    }
    if done == 0 { try job.writeTables() }
    record.isInterrupted = isStopped
    record.seconds = start.duration(to: .now).inSeconds
    try record.write(in: output, shard: options.shard)
    try report(
      .notes(
        part.finish(failed: record.failedFrames, isStopped: isStopped) {
          for specimen in series { try assembly.assemble(specimen, in: job, isWhole: true) }
        }))
    return record
  }

  private func jobFrame(_ frame: SeriesFrame, _ series: ImageSeries) -> JobFrame {
    JobFrame(
      series: series.name, image: frame, voxelSize: frame.voxelSize,
      frameInterval: series.frameInterval)
  }

  /// What is found in a frame, or why it fails; nil if the run is to stop.
  private func segmented(
    _ frame: SeriesFrame, until shouldStop: () -> Bool,
    outcome: inout FrameOutcome
  ) throws -> Result<FrameResults, any Error>? {
    ProcessMemory.resetPeak()
    let start = ContinuousClock.now
    defer { outcome.seconds = start.duration(to: .now).inSeconds }
    do {
      return try BackgroundWork.result(
        until: shouldStop,
        { [segmenter] in try FrameResults(frame, by: segmenter) }
      ).map { .success($0) }
    } catch {
      return .failure(error)
    }
  }

  /// Writes what was found in a frame, and records it.
  private func commit(
    _ result: Result<FrameResults, any Error>, _ frame: JobFrame, of specimen: ImageSeries,
    to job: Job, _ writer: inout LabelWriter, _ outcome: inout FrameOutcome
  ) throws -> RunRecord.Frame {
    guard let image = frame.image else {
      preconditionFailure("frames of a segmentation are images")
    }
    switch result {
    case .failure(let error):
      outcome.error = error
      return RunRecord.Frame(image, error: error)
    case .success(let segmented):
      let isUncentered = segmented.isUncentered
      let outputs: [String]
      do {
        outputs = try write(segmented, stem: image.stem, of: specimen, in: job, &writer)
      } catch let error as TIFFError where error.systemCode == 0 {
        // Not the disk's: the frame holds what no label image can, and the next one may not.
        outcome.error = error
        return RunRecord.Frame(image, error: error)
      }
      var record = frame.record(digests: [segmented.digest], start: segmented.start)
      record.nuclei = isUncentered.count
      record.withoutCenter = isUncentered.count { $0 }
      let first = specimen.frames.first?.time ?? image.time
      let rows = JobTable.rows(
        of: segmented.measurements, series: specimen.name, time: image.time,
        seconds: specimen.frameInterval.map { $0 * Double(image.time - first) },
        hasIntensity: true, extraColumns: JobTable.segmentationColumns
      ) { nucleus in
        [.flag(isUncentered[Int(nucleus.label) - 1])]
      }
      record = try job.commit(record, rows: rows, outputs: outputs)
      outcome.add(record)
      return RunRecord.Frame(image, record)
    }
  }

  /// Writes the images of a frame, which the job gives their names; returns these.
  private func write(
    _ result: FrameResults, stem: String, of specimen: ImageSeries, in job: Job,
    _ writer: inout LabelWriter
  ) throws -> [String] {
    let interval = specimen.secondsPerFrame
    var outputs = [
      try writer.write(result.labels, count: result.isUncentered.count, stem: stem)
    ]
    func write<Voxel: TIFFVoxel>(_ planes: some PlaneSource<Voxel>, _ folder: String) throws {
      let path = "\(folder)/\(stem).tif"
      try TIFF.write(planes: planes, to: job.pendingPath(path), frameInterval: interval)
      outputs.append(path)
    }
    if options.writesMasks {
      try write(MappedPlanes(result.mask) { $0.map { $0 ? UInt8(255) : 0 } }, "masks")
    }
    if options.writesProbabilities {
      if let probability = result.foregroundProbability { try write(probability, "probabilities") }
      if let probability = result.centerProbability { try write(probability, "centers") }
    }
    return outputs
  }

  /// What the results depend on besides the frames.
  private func settings(_ record: RunRecord) throws -> JobSettings {
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
  private var assembly: LabelAssembly {
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
  private func protectInputs() throws -> [String] {
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

import Compute
import Foundation
import Microscopy
import Morphometry

/// Measures series of label volumes frame by frame and keeps `nuclei.csv`, `criteria.csv` and
/// `criteria_v2.csv`.
///
/// The folder is a job's: a run that was stopped is continued by the same run again. A frame that
/// fails is reported and left out; the others go on.
package struct MeasurementRun: Sendable {
  /// The outcome of a series.
  package struct Summary: Sendable {
    /// The name of the series.
    package let series: String
    /// The frames that are measured.
    package var frames = 0
    /// The frames that failed.
    package var failures = 0
    /// The nuclei of each measured frame, in order of time.
    package var counts: [Int] = []
    /// The sum of the nuclei's volumes in µm³, over all frames.
    package var volume = 0.0
    /// What is odd about frames, one line each.
    package var notes: [(frame: String, note: String)] = []
  }

  /// The series.
  package let series: [MeasurementSeries]
  /// The folder for the tables.
  package let output: String
  /// Whether results of other settings in the folder are removed; otherwise they are an error.
  package var overwrites = false
  /// The part of the frames that is measured; nil for all.
  package var shard: Shard?

  /// A run; nothing is read or written yet.
  package init(_ series: [MeasurementSeries], output: String, overwrites: Bool = false) {
    self.series = series
    self.output = output
    self.overwrites = overwrites
  }

  private var hasIntensity: Bool { series.contains { $0.frames.contains { $0.image != nil } } }

  /// Measures the frames that are not measured yet, several at a time, or until `shouldStop` returns
  /// true. A frame that takes longer is given up.
  ///
  /// - Parameters:
  ///   - shouldStop: Asked again and again.
  ///   - report: Called before the first frame, after every frame in the order of the series, and
  ///     several times a second.
  /// - Returns: The outcome of each series.
  /// - Throws: An error of one line if the folder holds other results, or the tables cannot be
  ///   written.
  package func run(
    shouldStop: () -> Bool = { false }, report: (FrameEvent) throws -> Void = { _ in }
  ) throws -> [Summary] {
    try protectInputs()
    var settings = JobSettings(command: "measure")
    settings.set(JobTable.intensities, "\(hasIntensity)")
    let job = try Job(
      folder: output, settings: settings, order: JobOrder(series: series.map(\.name)),
      overwriting: overwrites, shard: shard)
    let frames = series.flatMap { series in series.frames.map { Frame($0, of: series) } }
    let part = try JobPart(of: frames.map(\.job), in: job)
    try report(.notes(part.notes))
    var done = part.done
    var failed: [JobRecord.Key] = []
    let pipeline = pipeline(of: frames.filter { part.isToDo($0.job) })
    let isStopped = try pipeline.run(
      until: shouldStop, watch: { try report(.progress($0)) },
      commit: { finished in
        var records = try job.commit(finished.compactMap(Self.pending))[...]
        for end in finished {
          let frame = end.frame.job
          let outcome: FrameOutcome
          if case .failure(let error) = end.result {
            failed.append(frame.key)
            outcome = FrameOutcome(frame, end.effort, error: error)
          } else {
            let record = records.removeFirst()
            done[frame.key] = record
            outcome = FrameOutcome(frame, end.effort, record)
          }
          try report(.frame(outcome, pipeline.progress))
        }
      })
    if done.count == part.done.count, failed.isEmpty { try job.writeTables() }
    try report(.notes(part.finish(failed: failed, isStopped: isStopped)))
    return series.map { series in
      Summary(
        of: series, failures: failed.count { $0.series == series.name },
        done: series.frames.compactMap { done[Frame($0, of: series).job.key] })
    }
  }

  /// A frame of a series.
  private struct Frame: Sendable {
    let frame: MeasurementFrame
    let series: MeasurementSeries
    let job: JobFrame

    init(_ frame: MeasurementFrame, of series: MeasurementSeries) {
      self.frame = frame
      self.series = series
      job = JobFrame(
        series: series.name, labels: frame.labels, image: frame.image, voxelSize: frame.voxelSize,
        frameInterval: series.frameInterval)
    }
  }

  /// The pipeline with frames that are not measured yet.
  private func pipeline(of frames: [Frame]) -> FramePipeline<Frame, MeasuredFrame> {
    let admission = FrameAdmission(limit: .ofSystem(), shared: MemoryPlan.process)
    let pipeline = FramePipeline<Frame, MeasuredFrame>(admission) { [hasIntensity] frame, _ in
      Result {
        try MeasuredFrame(frame.frame, of: frame.series, hasIntensity: hasIntensity)
      }
    }
    pipeline.add(
      frames.map { FramePipeline.Entry($0, name: $0.job.key.name, needs: $0.frame.needs) })
    return pipeline
  }

  /// A frame for its job; nil if it failed.
  private static func pending(
    _ finished: FramePipeline<Frame, MeasuredFrame>.Finished
  ) -> PendingFrame? {
    guard case .success(let measured) = finished.result else { return nil }
    var record = finished.frame.job.record(digests: measured.digests, effort: finished.effort)
    record.nuclei = measured.nuclei
    record.volumeUm3 = measured.volume
    if let mask = measured.mask { record.notes.append(mask.predicate) }
    return PendingFrame(record, rows: measured.rows)
  }

  private func protectInputs() throws {
    let frames = series.flatMap(\.frames)
    let protected = ProtectedInputs(
      frames.map(\.labels.path) + frames.compactMap { $0.image?.path })
    for name in ["nuclei.csv", "criteria.csv", "criteria_v2.csv"] {
      try protected.check("\(output)/\(name)", as: .file)
    }
  }
}

extension MeasurementRun.Summary {
  /// The outcome of a series.
  ///
  /// - Parameters:
  ///   - series: The series.
  ///   - failures: The frames that failed.
  ///   - done: The records of the others, in order of time.
  fileprivate init(of series: MeasurementSeries, failures: Int, done: [JobRecord]) {
    self.init(series: series.name, failures: failures)
    for record in done {
      frames += 1
      counts.append(record.nuclei ?? 0)
      volume += record.volumeUm3 ?? 0
      notes += record.notes.map { (record.name, $0) }
    }
  }
}

/// The measurements of one frame.
private struct MeasuredFrame: Sendable {
  let nuclei: Int
  /// The sum of the nuclei's volumes in µm³.
  let volume: Double
  /// The rows for the tables.
  let rows: [String: String]
  /// Set if the labels look like a mask.
  let mask: MaskNotice?
  /// Of the labels and, where there is one, the image.
  let digests: [String]

  /// Reads and measures a frame.
  init(_ frame: MeasurementFrame, of series: MeasurementSeries, hasIntensity: Bool) throws {
    var steps = WorkSteps(of: 1)
    let (labels, image) = try frame.read()
    steps.finish(0.2)
    digests =
      [try labels.digest(name: frame.labels.path)]
      + (try image.map { [try $0.digest(name: frame.image?.path ?? "")] } ?? [])
    steps.finish(0.1)
    let measurements = try NucleusMeasurements(labels, image: image)
    steps.finish(0.6)
    nuclei = measurements.nuclei.count
    volume = measurements.nuclei.reduce(0) { $0 + $1.volume }
    mask = MaskNotice(labels)
    let time = frame.labels.time
    let first = series.frames.first?.labels.time ?? time
    rows = JobTable.rows(
      of: measurements, series: series.name, time: time,
      seconds: series.frameInterval.map { $0 * Double(time - first) }, hasIntensity: hasIntensity)
  }
}

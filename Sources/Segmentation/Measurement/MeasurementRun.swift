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

  /// Measures the frames that are not measured yet, or until `shouldStop` returns true. A frame that
  /// takes longer is given up.
  ///
  /// - Parameters:
  ///   - shouldStop: Asked again and again.
  ///   - report: Called before the first and after every frame.
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
    let part = try JobPart(
      of: series.flatMap { series in series.frames.map { jobFrame($0, of: series) } }, in: job)
    try report(.notes(part.notes))
    var done = 0
    var failed: [JobRecord.Key] = []
    var isStopped = false
    var summaries: [Summary] = []
    for specimen in series {
      var summary = Summary(series: specimen.name)
      for frame in specimen.frames {
        let jobFrame = jobFrame(frame, of: specimen)
        if !part.includes(jobFrame) { continue }
        if let record = part.done[jobFrame.key] {
          summary.add(record)
          continue
        }
        isStopped = isStopped || shouldStop()
        if isStopped { continue }
        var outcome = FrameOutcome(jobFrame)
        ProcessMemory.resetPeak()
        let measured: MeasuredFrame
        do {
          guard
            let result = try BackgroundWork.result(
              until: shouldStop, { try MeasuredFrame(frame) })
          else {
            isStopped = true
            continue
          }
          measured = result
        } catch {
          done += 1
          failed.append(jobFrame.key)
          summary.failures += 1
          outcome.error = error
          try report(.frame(done: done, total: part.frames, outcome))
          continue
        }
        done += 1
        let record = try commit(measured, jobFrame, of: specimen, to: job)
        summary.add(record)
        outcome.add(record)
        try report(.frame(done: done, total: part.frames, outcome))
      }
      summaries.append(summary)
    }
    if done == 0 { try job.writeTables() }
    try report(.notes(part.finish(failed: failed, isStopped: isStopped)))
    return summaries
  }

  private func jobFrame(_ frame: MeasurementFrame, of series: MeasurementSeries) -> JobFrame {
    JobFrame(
      series: series.name, labels: frame.labels, image: frame.image, voxelSize: frame.voxelSize,
      frameInterval: series.frameInterval)
  }

  private func commit(
    _ measured: MeasuredFrame, _ frame: JobFrame, of series: MeasurementSeries, to job: Job
  ) throws -> JobRecord {
    var record = frame.record(digests: measured.digests, start: measured.start)
    record.nuclei = measured.measurements.nuclei.count
    record.volumeUm3 = measured.measurements.nuclei.reduce(0) { $0 + $1.volume }
    if let mask = measured.mask { record.notes.append(mask.predicate) }
    let first = series.frames.first?.labels.time ?? record.time
    let rows = JobTable.rows(
      of: measured.measurements, series: series.name, time: record.time,
      seconds: series.frameInterval.map { $0 * Double(record.time - first) },
      hasIntensity: hasIntensity)
    return try job.commit(record, rows: rows, outputs: [])
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
  fileprivate mutating func add(_ record: JobRecord) {
    frames += 1
    counts.append(record.nuclei ?? 0)
    volume += record.volumeUm3 ?? 0
    notes += record.notes.map { (record.name, $0) }
  }
}

/// The measurements of one frame.
private struct MeasuredFrame: Sendable {
  let start = ContinuousClock.now
  let measurements: NucleusMeasurements
  /// Set if the labels look like a mask.
  let mask: MaskNotice?
  /// Of the labels and, where there is one, the image.
  let digests: [String]

  /// Reads and measures a frame.
  init(_ frame: MeasurementFrame) throws {
    let (labels, image) = try frame.read()
    digests =
      [try labels.digest(name: frame.labels.path)]
      + (try image.map { [try $0.digest(name: frame.image?.path ?? "")] } ?? [])
    measurements = try NucleusMeasurements(labels, image: image)
    mask = MaskNotice(labels)
  }
}

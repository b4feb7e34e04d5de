import Compute
import Foundation
import Microscopy
import Tensors

/// Writes what one network predicts for the frames of series, a TIFF each.
///
/// The folder is a job's: a run that was stopped is continued by the same run again. A frame that
/// fails is reported and left out; the others go on.
package struct PredictionRun: Sendable {
  /// The network.
  package let predictor: Predictor
  /// The series.
  package let series: [ImageSeries]
  /// The folder of the results.
  package let output: String
  /// The memory that the process may take; nil for any.
  package var memoryLimit: MemoryLimit?
  /// Whether results of other settings in the folder are removed; otherwise they are an error.
  package var overwrites = false
  /// The part of the frames that is predicted; nil for all.
  package var shard: Shard?

  /// A run; nothing is read or written yet.
  package init(_ predictor: Predictor, series: [ImageSeries], output: String) {
    self.predictor = predictor
    self.series = series
    self.output = output
  }

  /// What became of a run.
  package struct Summary: Sendable {
    /// The frames that are done, of this run and of earlier ones.
    package var done = 0
    /// The frames that failed.
    package var failures = 0
  }

  /// Predicts the frames that are not done yet, or until `shouldStop` returns true. A frame that
  /// takes longer is given up.
  ///
  /// - Parameters:
  ///   - model: What identifies the network: its name and SHA-256.
  ///   - shouldStop: Asked again and again.
  ///   - report: Called before the first and after every frame.
  /// - Throws: An error of one line if the folder holds other results, or results cannot be written.
  package func run(
    model: String, shouldStop: () -> Bool = { false },
    report: (FrameEvent) throws -> Void = { _ in }
  ) throws -> Summary {
    let frames = series.flatMap { series in series.frames.map { (series, $0) } }
    let protected = ProtectedInputs(frames.map(\.1.path))
    for (_, frame) in frames { try protected.check(output + "/" + Self.name(frame), as: .file) }
    let job = try Job(
      folder: output, settings: settings(model), order: JobOrder(series: series.map(\.name)),
      overwriting: overwrites, shard: shard)
    let part = try JobPart(of: frames.map { Self.jobFrame($1, of: $0) }, in: job)
    try report(.notes(part.notes))
    var summary = Summary(done: part.done.count)
    var failed: [JobRecord.Key] = []
    var isStopped = false
    for (series, frame) in frames {
      let jobFrame = Self.jobFrame(frame, of: series)
      if !part.includes(jobFrame) || part.done[jobFrame.key] != nil { continue }
      isStopped = shouldStop()
      if isStopped { break }
      var outcome = FrameOutcome(jobFrame)
      ProcessMemory.resetPeak()
      let start = ContinuousClock.now
      let predicted: (probability: Volume<Float>, digest: String)
      do {
        guard
          let result = try BackgroundWork.result(until: shouldStop, { try predict(frame) })
        else {
          isStopped = true
          break
        }
        predicted = result
      } catch {
        outcome.error = error
        failed.append(jobFrame.key)
        summary.failures += 1
        try report(
          .frame(
            done: summary.failures + summary.done - part.done.count, total: part.frames, outcome))
        continue
      }
      let name = Self.name(frame)
      try TIFF.write(predicted.probability, to: job.pendingPath(name))
      outcome.add(
        try job.commit(
          jobFrame.record(digests: [predicted.digest], start: start), rows: [:], outputs: [name]))
      summary.done += 1
      try report(
        .frame(
          done: summary.failures + summary.done - part.done.count, total: part.frames, outcome))
    }
    try report(.notes(part.finish(failed: failed, isStopped: isStopped)))
    return summary
  }

  private func predict(_ frame: SeriesFrame) throws -> (Volume<Float>, String) {
    let image = try frame.read()
    if image.voxelSize == nil, !predictor.isRaw, let stated = frame.calibration.impossibleScale {
      throw InputError(frame.path, stated, advice: .stateVoxelSizeOrUseRaw)
    }
    var predictor = predictor
    if let memoryLimit {
      predictor = try predictor.limited(
        to: memoryLimit, extent: image.extent, voxelSize: image.voxelSize, name: frame.path)
    }
    var workspace = Workspace()
    return (
      try predictor.probability(of: image, name: frame.path, workspace: &workspace),
      try image.digest(name: frame.path)
    )
  }

  private func settings(_ model: String) -> JobSettings {
    var settings = JobSettings(command: "predict")
    settings.set("model", model)
    settings.set("raw", "\(predictor.isRaw)")
    settings.set("tile", predictor.tile.map { "\($0)" })
    settings.set("batch_norm", "\(predictor.model.network.inferenceStatistics)")
    return settings
  }

  private static func jobFrame(_ frame: SeriesFrame, of series: ImageSeries) -> JobFrame {
    JobFrame(series: series.name, image: frame, voxelSize: frame.voxelSize)
  }

  private static func name(_ frame: SeriesFrame) -> String { frame.stem + ".tif" }
}

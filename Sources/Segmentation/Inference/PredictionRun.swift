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

  /// Predicts the frames that are not done yet, several at a time, or until `shouldStop` returns
  /// true. A frame that takes longer is given up.
  ///
  /// - Parameters:
  ///   - model: What identifies the network: its name and SHA-256.
  ///   - shouldStop: Asked again and again.
  ///   - report: Called before the first frame, after every frame in the order of the series, and
  ///     several times a second.
  /// - Throws: An error of one line if the folder holds other results, or results cannot be written.
  package func run(
    model: String, shouldStop: () -> Bool = { false },
    report: (FrameEvent) throws -> Void = { _ in }
  ) throws -> Summary {
    let frames = series.flatMap { series in series.frames.map { Frame($0, of: series) } }
    let protected = ProtectedInputs(frames.map(\.image.path))
    for frame in frames { try protected.check(output + "/" + frame.output, as: .file) }
    let job = try Job(
      folder: output, settings: settings(model), order: JobOrder(series: series.map(\.name)),
      overwriting: overwrites, shard: shard)
    let part = try JobPart(of: frames.map(\.job), in: job)
    try report(.notes(part.notes))
    var summary = Summary(done: part.done.count)
    var failed: [JobRecord.Key] = []
    let pipeline = pipeline(of: frames.filter { part.isToDo($0.job) }, for: job)
    let isStopped = try pipeline.run(
      until: shouldStop, watch: { try report(.progress($0)) },
      commit: { finished in
        var records = try job.commit(finished.compactMap(Self.pending))[...]
        for end in finished {
          let frame = end.frame.job
          let outcome: FrameOutcome
          if case .failure(let error) = end.result {
            summary.failures += 1
            failed.append(frame.key)
            outcome = FrameOutcome(frame, end.effort, error: error)
          } else {
            summary.done += 1
            outcome = FrameOutcome(frame, end.effort, records.removeFirst())
          }
          try report(.frame(outcome, pipeline.progress))
        }
      })
    try report(.notes(part.finish(failed: failed, isStopped: isStopped)))
    return summary
  }

  /// A frame of a series.
  private struct Frame: Sendable {
    let image: SeriesFrame
    let job: JobFrame

    init(_ image: SeriesFrame, of series: ImageSeries) {
      self.image = image
      job = JobFrame(series: series.name, image: image, voxelSize: image.voxelSize)
    }

    /// The file of the results, inside the folder of the job.
    var output: String { image.stem + ".tif" }
  }

  /// The SHA-256 of a frame's image, and the file that was written.
  private struct Predicted: Sendable {
    let digest: String
    let output: JobRecord.Output
  }

  /// The pipeline with frames that are not done yet.
  private func pipeline(of frames: [Frame], for job: Job) -> FramePipeline<Frame, Predicted> {
    let pending = job.pending
    let pipeline = FramePipeline<Frame, Predicted>(predictor.admission(within: memoryLimit)) {
      frame, work in
      let (probability, digest): (Volume<Float>, String)
      do { (probability, digest) = try predict(frame.image) } catch { return .failure(error) }
      return try work.writing {
        try TIFF.write(probability, to: pending.path(frame.output))
        return .success(Predicted(digest: digest, output: try pending.output(frame.output)))
      }
    }
    let needs = predictor.needs(of: frames.map(\.image), limit: memoryLimit)
    pipeline.add(
      zip(frames, needs).map { FramePipeline.Entry($0, name: $0.image.stem, needs: $1) })
    return pipeline
  }

  /// A frame for its job; nil if it failed.
  private static func pending(
    _ finished: FramePipeline<Frame, Predicted>.Finished
  ) -> PendingFrame? {
    guard case .success(let result) = finished.result else { return nil }
    return PendingFrame(
      finished.frame.job.record(
        digests: [result.digest], outputs: [result.output], effort: finished.effort))
  }

  private func predict(_ frame: SeriesFrame) throws -> (Volume<Float>, String) {
    var steps = WorkSteps(of: 1)
    let image = try frame.read()
    steps.finish(0.02)
    if image.voxelSize == nil, !predictor.isRaw, let stated = frame.calibration.impossibleScale {
      throw InputError(frame.path, stated, advice: .stateVoxelSizeOrUseRaw)
    }
    var predictor = predictor
    if let memoryLimit {
      predictor = try predictor.limited(
        to: memoryLimit, extent: image.extent, voxelSize: image.voxelSize, name: frame.path)
    }
    var workspace = Workspace()
    let probability = try steps.run(0.93) {
      try predictor.probability(of: image, name: frame.path, workspace: &workspace)
    }
    return (probability, try image.digest(name: frame.path))
  }

  private func settings(_ model: String) -> JobSettings {
    var settings = JobSettings(command: "predict")
    settings.set("model", model)
    settings.set("raw", "\(predictor.isRaw)")
    settings.set("tile", predictor.tile.map { "\($0)" })
    settings.set("batch_norm", "\(predictor.model.network.inferenceStatistics)")
    return settings
  }
}

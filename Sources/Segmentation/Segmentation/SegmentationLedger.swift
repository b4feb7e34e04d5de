import Compute
import Microscopy

/// Records the frames of a segmentation as they are finished, and completes series.
struct SegmentationLedger {
  private let run: SegmentationRun
  private let job: Job
  private let part: JobPart
  /// The frames that are done or failed.
  private var frames: [JobRecord.Key: RunRecord.Frame] = [:]
  /// By series: the frames that are neither done nor failed.
  private var missing: [Int]
  /// Whether no frame was worked on.
  private var isUntouched = true
  /// By series: whether its files are complete.
  private var isFinished: [Bool]

  /// A ledger.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - job: Its job.
  ///   - part: The frames that it goes through.
  init(_ run: SegmentationRun, job: Job, _ part: JobPart) {
    self.run = run
    self.job = job
    self.part = part
    missing = run.series.map(\.frames.count)
    isFinished = run.series.map { _ in false }
    for (index, series) in run.series.enumerated() {
      for frame in series.frames {
        let key = SegmentationFrame(frame, of: series, index: index).job.key
        guard let record = part.done[key] else { continue }
        frames[key] = RunRecord.Frame(frame, record)
        missing[index] -= 1
      }
    }
  }

  /// Records frames, and completes the series that have all of theirs now.
  ///
  /// - Returns: What became of each.
  mutating func commit(
    _ finished: [FramePipeline<SegmentationFrame, SegmentedFrame>.Finished]
  ) throws -> [FrameOutcome] {
    var records = try job.commit(finished.compactMap(Self.pending))[...]
    isUntouched = false
    var outcomes: [FrameOutcome] = []
    for end in finished {
      let (frame, index) = (end.frame, end.frame.seriesIndex)
      missing[index] -= 1
      if case .failure(let error) = end.result {
        frames[frame.job.key] = RunRecord.Frame(frame.image, error: error)
        outcomes.append(FrameOutcome(frame.job, end.effort, error: error))
      } else {
        let record = records.removeFirst()
        frames[frame.job.key] = RunRecord.Frame(frame.image, record)
        outcomes.append(FrameOutcome(frame.job, end.effort, record))
      }
      if missing[index] == 0 { try finish(index) }
    }
    return outcomes
  }

  /// Completes what is left when the run ends.
  func finish() throws {
    for index in run.series.indices where !isFinished[index] { try complete(index) }
    if isUntouched { try job.writeTables() }
  }

  /// The record of every series with frames.
  var entries: [RunRecord.Series] {
    run.series.enumerated().compactMap { index, series in
      var entry = RunRecord.Series(series)
      entry.frames = series.frames.compactMap {
        frames[SegmentationFrame($0, of: series, index: index).job.key]
      }
      return entry.frames.isEmpty ? nil : entry
    }
  }

  private mutating func finish(_ index: Int) throws {
    try complete(index)
    isFinished[index] = true
  }

  /// Makes what is made of all frames of a series; for shards the last one does it.
  private func complete(_ index: Int) throws {
    if job.shard != nil { return }
    try run.assembly.assemble(run.series[index], in: job, isWhole: missing[index] == 0)
  }

  /// Ends the part of the job; the last shard makes what is made of the frames of all.
  ///
  /// - Returns: What there is to say about it, one line each.
  func end(isStopped: Bool) throws -> [String] {
    let failed = frames.filter { $0.value.error != nil }.map(\.key)
    return try part.finish(failed: failed, isStopped: isStopped) {
      for series in run.series { try run.assembly.assemble(series, in: job, isWhole: true) }
    }
  }

  /// A frame for its job; nil if it failed.
  private static func pending(
    _ finished: FramePipeline<SegmentationFrame, SegmentedFrame>.Finished
  ) -> PendingFrame? {
    guard case .success(let result) = finished.result else { return nil }
    var record = finished.frame.job.record(
      digests: [result.digest], outputs: result.outputs, effort: finished.effort)
    record.nuclei = result.nuclei
    record.withoutCenter = result.withoutCenter
    return PendingFrame(record, rows: result.rows)
  }
}

import Compute
import Microscopy

/// The frames of a job that this process goes through: all, or those of a shard.
package struct JobPart {
  /// The frames of this part whose results are there and stay.
  package let done: [JobRecord.Key: JobRecord]
  /// What there is to say before the first frame, one line each.
  package let notes: [String]
  private let job: Job
  private let all: [JobRecord.Key]
  private let own: Set<JobRecord.Key>
  private let series: [String]

  /// The part of these frames, which are all frames of a job.
  ///
  /// - Throws: As ``Job/survey(_:)``.
  package init(of frames: [JobFrame], in job: Job) throws {
    self.job = job
    all = frames.map(\.key)
    var names: Set<String> = []
    series = frames.map(\.series).filter { names.insert($0).inserted }
    guard let shard = job.shard else {
      own = Set(all)
      let survey = try job.survey(frames)
      (done, notes) = (survey.done, survey.notes)
      return
    }
    let range = shard.frames(ofCosts: frames.map(\.cost))
    own = Set(all[range])
    let survey = try job.survey(Array(frames[range]), of: Set(all))
    done = survey.done
    notes =
      ["shard \(shard): \(range.count) of \(all.count.counted("frame"))"] + survey.notes
    try state.write(shard, in: job.folder)
  }

  /// Whether a frame belongs to this part and is not done.
  package func isToDo(_ frame: JobFrame) -> Bool {
    own.contains(frame.key) && done[frame.key] == nil
  }

  /// Ends the work on the part. The last shard joins what all have done.
  ///
  /// - Returns: What there is to say about it, one line each.
  ///
  /// - Parameters:
  ///   - failed: The frames that failed.
  ///   - isStopped: Whether frames are left.
  ///   - assemble: Makes, in the last shard, what is made of the frames of all, with the records of
  ///     all in the job.
  package func finish(
    failed: [JobRecord.Key], isStopped: Bool, assemble: () throws -> Void = {}
  ) throws -> [String] {
    guard let shard = job.shard else { return [] }
    var state = state
    state.failed = failed
    state.isFinished = !isStopped
    try state.write(shard, in: job.folder)
    guard !isStopped, try JobMerge.isReady(job.folder, frames: Set(all)) else {
      return ["the tables of all shards are joined when the last one ends"]
    }
    _ = try JobMerge(job.folder).run {
      try job.refresh()
      try assemble()
    }
    return ["this was the last shard: the tables of all are joined"]
  }

  private var state: ShardState { ShardState(series: series, frames: all.count) }
}

extension JobPart {
  /// The frames of a shard; all without one.
  static func own<Frame>(
    of frames: [Frame], shard: Shard?, cost frame: (Frame) -> JobFrame
  ) -> ArraySlice<Frame> {
    guard let shard else { return frames[...] }
    return frames[shard.frames(ofCosts: frames.map { frame($0).cost })]
  }
}

extension JobFrame {
  /// What the work on it costs.
  fileprivate var cost: Int { leading?.cost ?? 1 }
}

extension SeriesFrame {
  /// What the work on it costs, in voxels; the least if it cannot be opened.
  fileprivate var cost: Int { extent?.count ?? 1 }
}

extension Shard {
  /// How many of these frames are its own; all without a shard.
  package static func count(_ shard: Shard?, of frames: [SeriesFrame]) -> Int {
    shard.map { $0.frames(ofCosts: frames.map(\.cost)).count } ?? frames.count
  }
}

import Compute
import Microscopy

extension Job {
  /// What there is to do.
  package struct Survey {
    /// The frames whose results are there and stay.
    package var done: [JobRecord.Key: JobRecord] = [:]
    /// Notes for the user, one line each.
    package var notes: [String] = []
  }

  /// Looks which of the frames are done: their results are there, and their volumes are those that
  /// the results were made from.
  ///
  /// - Parameters:
  ///   - frames: The frames.
  ///   - all: All frames of the job, if these are those of a shard.
  /// - Throws: ``InputError`` where the results are those of other volumes, so that two would be
  ///   mixed.
  package func survey(_ frames: [JobFrame], of all: Set<JobRecord.Key>? = nil) throws -> Survey {
    var survey = Survey()
    var (changed, lost) = (0, 0)
    var moved: [JobRecord] = []
    for frame in frames {
      guard let record = records[frame.key] else { continue }
      switch frame.state(in: record) {
      case .same: survey.done[frame.key] = record
      case .moved(let record):
        moved.append(record)
        survey.done[frame.key] = record
      case .changed: changed += 1
      case .differs(let difference):
        throw InputError(
          folder, "holds results of other settings: \(frame.key.name): \(difference)",
          advice: .replaceOutput)
      case .other(let path, let now):
        throw InputError(
          folder, "holds the results of \(path), where those of \(now) would be",
          advice: .replaceOutput)
      }
      if let record = survey.done[frame.key], !hasOutputs(of: record) {
        survey.done[frame.key] = nil
        lost += 1
      }
    }
    try record(moved)
    let others = Set(records.keys).subtracting(all ?? Set(frames.map(\.key)))
    if !others.isEmpty, others.count == records.count, let other = records.values.first {
      throw InputError(
        folder,
        "holds the results of \(other.inputs.first?.path ?? other.name) and others, none of "
          + "which is among the inputs", advice: .replaceOutput)
    }
    if !survey.done.isEmpty {
      survey.notes.append(
        survey.done.count == frames.count
          ? "all frames are done already"
          : "\(survey.done.count) of \(frames.count.counted("frame")) "
            + (survey.done.count == 1 ? "is" : "are") + " done; going on")
    }
    if changed > 0 {
      survey.notes.append("\(changed.counted("frame")) changed since; made again")
    }
    if lost > 0 {
      survey.notes.append(
        "the results of \(lost.counted("frame")) are missing or were changed; made again, and what "
          + "was changed is kept as *.changed")
    }
    if !others.isEmpty {
      survey.notes.append(
        "the results of \(others.count.counted("frame")) whose input is gone are kept")
    }
    return survey
  }
}

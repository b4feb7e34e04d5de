import Compute
import Microscopy

/// Joins what the shards of a job have done: the tables and the record of the run.
///
/// It may be done at any time, also while shards are at work; the last shard does it by itself, and
/// makes the images of whole series too.
package struct JobMerge {
  /// What is there.
  package struct Summary: Hashable, Sendable {
    /// The command of the job.
    package var command: String
    /// The frames that are done.
    package var done: Int
    /// The frames that failed.
    package var failed: Int
    /// The frames of the job; nil if the folder does not tell, as no shards were at work.
    package var total: Int?
    /// The nuclei in the frames that are done; nil if none are counted.
    package var nuclei: Int?

    /// Whether all frames are done.
    package var isWhole: Bool { failed == 0 && done >= total ?? done }
  }

  /// The folder of the job.
  package let folder: String

  /// A merge; nothing is read or written yet.
  package init(_ folder: String) { self.folder = folder }

  /// Joins what is there.
  ///
  /// - Parameter assemble: Makes what else is made of the frames of all shards, in turn with others.
  /// - Throws: ``InputError`` where the folder holds no job, or a process does the whole job there.
  package func run(assemble: () throws -> Void = {}) throws -> Summary {
    guard let settings = try JobFolder(folder).settings() else {
      throw InputError(
        folder, "holds no run that can be continued",
        advice: "name the --output of `morula segment`, `measure` or `predict`")
    }
    let state = "\(folder)/\(JobFolder.state)"
    guard let shared = try FileLock(state + "/lock", isShared: true) else {
      throw InputError(
        folder,
        "a run is writing there"
          + (FileLock.holder(of: state + "/lock").map { " (\($0))" } ?? ""),
        advice: "wait for it; a run that does all frames joins them itself")
    }
    let turn = try FileLock(state + "/merge", isPatient: true)
    return try withExtendedLifetime(shared) {
      try withExtendedLifetime(turn) {
        try assemble()
        return try merge(settings)
      }
    }
  }

  private func merge(_ settings: JobSettings) throws -> Summary {
    let states = try ShardState.all(in: folder)
    let records = try JobManifest.records(in: folder)
    let names = Set(states.flatMap(\.series)).union(records.values.map(\.series))
    let order = JobOrder(series: NaturalOrder.sorted(names))
    let tables = JobTables(
      folder: folder, tables: JobTable.tables(of: settings), order: order)
    for draft in try tables.drafts(of: records) { try draft.publish() }
    let failed = Set(states.flatMap(\.failed)).subtracting(records.keys)
    if settings.command == "segment" {
      try RunRecord.merge(in: folder, records: order.sorted(records.values))
    }
    let counts = records.values.compactMap(\.nuclei)
    return Summary(
      command: settings.command, done: records.count, failed: failed.count,
      total: states.map(\.frames).max(), nuclei: counts.isEmpty ? nil : counts.reduce(0, +))
  }

  /// Whether all frames of a job are done or have failed.
  static func isReady(_ folder: String, frames: Set<JobRecord.Key>) throws -> Bool {
    let failed = try ShardState.all(in: folder).filter(\.isFinished).flatMap(\.failed)
    return try frames.subtracting(JobManifest.records(in: folder).keys).isSubset(of: failed)
  }
}

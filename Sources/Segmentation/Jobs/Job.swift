import Compute
import Foundation
import Microscopy

/// A folder that a command fills frame by frame, and that it can leave and come back to at any
/// moment.
///
/// A frame is done when its line is in the manifest. Before that its files are complete and its rows
/// are on the disk; directly afterwards the tables are replaced by ones that hold them. So whatever
/// stops the process, and when, what the manifest tells is there, and the same command again makes
/// the rest.
///
/// ```
/// manifest.jsonl       a line for each finished frame
/// .morula/job.json     the settings that all runs into the folder share
/// .morula/rows.csv     the rows of all tables, as frames ended
/// .morula/lock         held while a process writes
/// ```
///
/// Several processes may share the folder as shards. Each has a manifest and rows of its own,
/// `manifest-3of8.jsonl` and `.morula/rows-3of8.csv`, and the last one makes the tables; see
/// ``JobMerge``.
package final class Job {
  /// Where the results go.
  package let folder: String
  /// What the results depend on besides the frames.
  package let settings: JobSettings
  /// The tables that are kept complete.
  package let tables: [JobTable]
  /// What is done, of this run and of earlier ones.
  package private(set) var records: [JobRecord.Key: JobRecord]

  /// The part that this process does; nil for the whole.
  package let shard: Shard?

  private let order: JobOrder
  private let locks: JobLocks
  private let writer: JobWriter

  /// Opens a folder for a job, and makes it if there is none.
  ///
  /// - Parameters:
  ///   - folder: Where the results go.
  ///   - settings: What they depend on; they tell which tables are kept.
  ///   - order: The order of frames in the tables.
  ///   - overwriting: Whether the results of other settings are removed before.
  ///   - shard: The part that this process does; others may write at the same time.
  /// - Throws: ``InputError`` where another process writes there, or the folder holds results of
  ///   other settings or of no job.
  package init(
    folder: String, settings: JobSettings, order: JobOrder, overwriting: Bool = false,
    shard: Shard? = nil
  ) throws {
    self.folder = folder
    self.settings = settings
    tables = JobTable.tables(of: settings)
    self.order = order
    self.shard = shard
    let state = JobFolder(folder)
    try state.check(settings, overwriting: overwriting)
    try Folder.make(folder)
    locks = try state.lock(shard)
    // Another process may have begun meanwhile.
    try state.begin(settings, overwriting: overwriting, tables: tables)
    for folder in ["", JobFolder.state, "labels", "masks", "probabilities", "centers"] {
      AtomicFile.sweep(self.folder + "/" + folder)
    }
    records = try JobManifest.records(in: folder)
    writer = try JobWriter(shard, in: folder)
  }

  /// Where the files of frames are until they are recorded.
  package var pending: PendingFiles { writer.pending }

  /// Gives the files of finished frames their names, brings the tables up to date and records the
  /// frames.
  ///
  /// All that takes time, or that may fail, comes before; files and rows appear within a moment.
  /// Several frames at once cost little more than one, as the tables are written whole.
  ///
  /// - Parameter frames: What is known of the frames; where their rows are is added.
  /// - Returns: The whole records.
  package func commit(_ frames: [PendingFrame]) throws -> [JobRecord] {
    if frames.isEmpty { return [] }
    var new: [JobRecord] = []
    var bytes: [UInt8] = []
    for frame in frames {
      var record = frame.record
      for (name, text) in frame.rows.sorted(by: { $0.key < $1.key }) {
        record.rows[name] = JobRecord.Rows(
          file: writer.rowsName, offset: writer.rows.length + bytes.count, length: text.utf8.count)
        bytes += text.utf8
      }
      new.append(record)
    }
    try writer.rows.append(bytes)
    for record in new {
      if let earlier = records[record.key] { try setAsideChangedOutputs(of: earlier) }
    }
    // Tables of what all shards have done are made at the end.
    let drafts = shard == nil ? try tableDrafts(with: new) : []
    do {
      for output in new.flatMap(\.outputs) { try publish(output.path) }
      for draft in drafts { try draft.publish() }
    } catch {
      for draft in drafts { draft.remove() }
      throw error
    }
    try record(new)
    return new
  }

  /// Gives a file that is complete its name.
  private func publish(_ name: String) throws {
    let target = folder + "/" + name
    // Names of specimens are folders.
    if name.contains("/") {
      try FileSystem.makeFolder(FileSystem.parent(of: target))
    }
    try FileSystem.rename(writer.pending.folder + "/" + name, to: target)
  }

  /// Reads what other shards have done meanwhile.
  func refresh() throws { records = try JobManifest.records(in: folder) }

  /// Adds records to the manifest, in place of earlier ones of the same frames.
  package func record(_ records: [JobRecord]) throws {
    if records.isEmpty { return }
    try writer.manifest.append(records.reduce(into: Data()) { $0 += try JobManifest.line($1) })
    for record in records { self.records[record.key] = record }
  }

  /// Whether the files that a record tells of are as they were written.
  package func hasOutputs(of record: JobRecord) -> Bool {
    record.outputs.allSatisfy { output in
      let path = folder + "/" + output.path
      guard let status = try? FileStatus(of: path), status.size == output.bytes else {
        return false
      }
      return status.modified == output.modified
        || (try? SHA256.digest(ofFile: path)) == output.sha256
    }
  }

  /// Puts files aside that another program has changed since they were written, so that nothing of
  /// a user's is lost when the frame is made again.
  private func setAsideChangedOutputs(of record: JobRecord) throws {
    for output in record.outputs {
      let path = folder + "/" + output.path
      guard FileSystem.exists(path), (try? SHA256.digest(ofFile: path)) != output.sha256 else {
        continue
      }
      try setAside(output.path)
    }
  }

  /// Gives a file or folder of the job a name that nothing reads.
  func setAside(_ name: String) throws {
    var aside = name + ".changed"
    var number = 1
    while FileSystem.exists(folder + "/" + aside) {
      number += 1
      aside = name + ".changed\(number)"
    }
    try FileSystem.rename(folder + "/" + name, to: folder + "/" + aside)
  }

  /// Replaces the tables by ones that hold the rows of all records, in order; shards leave them to
  /// ``JobMerge``.
  package func writeTables() throws {
    if shard != nil { return }
    for draft in try tableDrafts() { try draft.publish() }
  }

  /// The tables with the rows of all records and of new ones, ready to get their names; without new
  /// ones those of all series.
  private func tableDrafts(with new: [JobRecord] = []) throws -> [AtomicFile.Draft] {
    var records = records
    for record in new { records[record.key] = record }
    return try JobTables(folder: folder, tables: tables, order: order)
      .drafts(of: records, onlyOf: new.isEmpty ? nil : Set(new.map(\.series)))
  }
}

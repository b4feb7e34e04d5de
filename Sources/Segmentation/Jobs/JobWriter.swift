import Compute
import Microscopy

/// The files that one process of a job adds to: its manifest, its rows, and where the files of a
/// frame grow before it is complete.
///
/// A process that does the whole job, and each shard, has its own.
struct JobWriter {
  /// A line for each finished frame.
  let manifest: AppendedFile
  /// The rows of all tables, as frames end.
  let rows: AppendedFile
  /// The path of ``rows`` inside the folder of the job.
  let rowsName: String
  /// The files of frames that are not recorded yet.
  let pending: PendingFiles

  /// Opens the files of a shard, or of the whole job.
  init(_ shard: Shard?, in folder: String) throws {
    let suffix = shard.map { "-" + $0.writer } ?? ""
    manifest = try JobManifest.open(folder + "/" + JobManifest.name(writer: shard?.writer))
    pending = PendingFiles(folder: "\(folder)/\(JobFolder.state)/pending\(suffix)")
    FileSystem.remove(pending.folder)
    rowsName = "\(JobFolder.state)/rows\(suffix).csv"
    rows = try AppendedFile(folder + "/" + rowsName)
  }
}

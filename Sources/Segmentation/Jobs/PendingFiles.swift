import Compute
import Microscopy

/// The files of frames that are not recorded yet, hidden in the folder of a job.
///
/// Several threads may write them at the same time, each those of its frame.
package struct PendingFiles: Sendable {
  /// The folder that holds them.
  let folder: String

  /// Where a file is written before its frame is complete.
  ///
  /// - Parameter name: Its path inside the folder of the job.
  /// - Returns: A path from where ``Job/commit(_:)`` gives it its name.
  package func path(_ name: String) throws -> String {
    let path = folder + "/" + name
    try FileSystem.makeFolder(FileSystem.parent(of: path))
    return path
  }

  /// What is recorded of a file that has been written.
  ///
  /// - Parameter name: Its path inside the folder of the job.
  package func output(_ name: String) throws -> JobRecord.Output {
    let path = folder + "/" + name
    let status = try FileStatus(of: path)
    return JobRecord.Output(
      path: name, bytes: status.size, modified: status.modified,
      sha256: try SHA256.digest(ofFile: path))
  }
}

/// A finished frame that is not recorded yet. Its files are among the pending ones of its job.
package struct PendingFrame: Sendable {
  /// What is known of the frame, with its files.
  package var record: JobRecord
  /// The frame's rows for each table, by the table's name.
  package var rows: [String: String]

  /// A frame with the rows for its tables.
  package init(_ record: JobRecord, rows: [String: String] = [:]) {
    self.record = record
    self.rows = rows
  }
}

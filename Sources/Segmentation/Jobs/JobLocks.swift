import Compute
import Microscopy

/// What keeps other processes out of the folder of a job.
///
/// One that does the whole job keeps all out. Shards share the folder, and each keeps out those
/// that would do the same part.
final class JobLocks {
  private let folder: FileLock
  private let part: FileLock

  /// Takes the locks.
  ///
  /// - Throws: ``InputError`` where another process holds one.
  init(_ path: String, _ shard: Shard?) throws {
    let file = "\(path)/\(JobFolder.state)/lock"
    guard let folder = try FileLock(file, isShared: shard != nil) else {
      throw Self.error(path, "another run is writing there", file)
    }
    let partFile = file + "-" + (shard?.writer ?? "all")
    guard let part = try FileLock(partFile) else {
      throw Self.error(
        path, "another run is doing \(shard.map { "shard \($0)" } ?? "all frames")", partFile)
    }
    self.folder = folder
    self.part = part
  }

  private static func error(_ path: String, _ problem: String, _ file: String) -> InputError {
    let holder = FileLock.holder(of: file).map { " (\($0))" } ?? ""
    return InputError(
      path, problem + holder, advice: .either("wait for it", .chooseOutput))
  }
}

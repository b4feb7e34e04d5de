import Foundation

extension AtomicFile {
  private static let swept = Guarded<Set<String>>([])

  /// Sweeps a folder where this process has not done so yet.
  static func sweep(folderOnce folder: String) {
    let path = FileSystem.resolved(folder.isEmpty ? "." : folder)
    guard swept.withLock({ $0.insert(path).inserted }) else { return }
    sweep(path)
  }

  /// Removes the drafts in a folder that killed processes have left.
  ///
  /// A process that lives holds a lock on each of its drafts, which the system takes back however it
  /// ends. Where the file system has no locks, nothing is removed.
  package static func sweep(_ folder: String) {
    for name in (try? FileSystem.names(in: folder)) ?? []
    where name.hasPrefix(Draft.prefix) && name.hasSuffix(Draft.suffix) {
      let path = folder + "/" + name
      guard let status = try? FileStatus(of: path, followingLinks: false) else { continue }
      // NFS locks files for writing only.
      let mode = status.kind == .folder ? O_RDONLY | O_DIRECTORY : O_RDWR
      guard status.kind == .folder || status.kind == .file else { continue }
      let descriptor = unsafe path.withPathBytes {
        unsafe open($0, mode | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      }
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0, let opened = FileStatus(of: descriptor),
        opened.isSame(as: status)
      {
        FileSystem.remove(path)
      }
    }
  }
}

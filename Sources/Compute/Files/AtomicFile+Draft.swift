import CFiles
import Foundation

extension AtomicFile {
  /// A file or folder that grows beside its own name until it is complete.
  ///
  /// For writers that outlive one call; `AtomicFile.write(to:_:)` does the same in one.
  package struct Draft: Sendable {
    /// The name that the complete file or folder gets.
    package let target: String
    /// The name until then, in the same folder: `.<name>.<random>.partial`.
    package let path: String

    /// Chooses a name; makes nothing.
    package init(for target: String) {
      self.target = target
      let slash = target.lastIndex(of: "/")
      let name = slash.map { target[target.index(after: $0)...] } ?? target[...]
      let folder = slash.map { target[...$0] } ?? ""
      path = "\(folder).\(name).\(UUID().uuidString.prefix(8)).partial"
    }

    /// Removes what has been written.
    package func remove() {
      if unsafe unlink(path) != 0 { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Gives a file its name, in place of an earlier file, or a folder a name that is free.
    ///
    /// The caller has brought a file to the disk.
    ///
    /// - Throws: ``FileError`` where the system refuses, as for a folder in the way; the draft
    ///   stays.
    package func publish() throws(FileError) {
      guard unsafe rename(path, target) == 0 else { throw FileError(target, errno) }
    }

    /// Gives a folder its name, in place of an earlier folder (or a link), which is removed
    /// afterwards.
    ///
    /// Whenever the process ends, one of the two is complete under the name; only on file systems
    /// that cannot exchange two names there is an instant in which both are complete under hidden
    /// ones.
    ///
    /// - Parameter exchanging: Whether to try to exchange the two names in one step; false takes
    ///   the way of file systems that cannot.
    /// - Throws: ``FileError`` where the system refuses, as for a file in the way; the earlier
    ///   folder and the draft stay.
    package func publishFolder(exchanging: Bool = true) throws(FileError) {
      var status = stat()
      guard unsafe lstat(target, &status) == 0 else { return try publish() }
      let kind = status.st_mode & S_IFMT
      guard kind == S_IFDIR || kind == S_IFLNK else { throw FileError(target, ENOTDIR) }
      synchronize()
      if exchanging, Self.exchange(path, target) { return remove() }
      let old = Draft(for: target)
      guard unsafe rename(target, old.path) == 0 else { throw FileError(target, errno) }
      guard unsafe rename(path, target) == 0 else {
        let code = errno
        _ = unsafe rename(old.path, target)
        throw FileError(target, code)
      }
      old.remove()
    }

    /// Brings a folder with all that is in it to the disk, before an earlier one is removed.
    private func synchronize() {
      let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return }
      #if os(Linux)
        _ = morula_synchronize(descriptor)
      #else
        sync()
      #endif
      close(descriptor)
    }

    /// Exchanges two names in one step; false where the system or the file system cannot.
    private static func exchange(_ a: String, _ b: String) -> Bool {
      #if os(Linux)
        unsafe morula_exchange(a, b) == 0
      #elseif canImport(Darwin)
        renamex_np(a, b, UInt32(RENAME_SWAP)) == 0
      #else
        false
      #endif
    }
  }
}

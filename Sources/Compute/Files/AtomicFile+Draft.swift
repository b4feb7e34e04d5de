import Foundation

extension AtomicFile {
  /// A file or folder that grows beside its own name until it is complete.
  ///
  /// For writers that outlive one call; `AtomicFile.write(to:_:)` does the same in one.
  package struct Draft: Sendable {
    /// The name that the complete file or folder gets.
    package let target: String
    /// The name until then, `.morula-<random>.partial`, in the same folder; in the folder for
    /// temporary files where the target is no file and the draft is copied into it.
    package let path: String
    private let destination: Destination
    /// Keeps other processes from removing the draft.
    private let hold = Hold()

    /// Chooses a name; makes nothing.
    package init(for target: String) {
      self.target = target
      destination = Destination(target)
      path = Self.hidden(beside: destination, Self.suffix)
    }

    /// Makes an empty file, which stays open until the draft is published or removed; the drafts of
    /// killed processes in its folder are removed.
    ///
    /// - Returns: The file, open for reading and writing.
    @discardableResult
    package func create() throws(FileError) -> Int32 {
      if destination == .circle { throw FileError(target, ELOOP) }
      AtomicFile.sweep(folderOnce: FileSystem.parent(of: path))
      while true {
        let descriptor = unsafe path.withPathBytes {
          unsafe open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        }
        guard descriptor >= 0 else { throw FileError(target, errno) }
        if keep(descriptor) { return descriptor }
      }
    }

    /// Makes an empty folder, as ``create()`` makes a file.
    package func createFolder() throws(FileError) {
      if destination == .circle { throw FileError(target, ELOOP) }
      AtomicFile.sweep(folderOnce: FileSystem.parent(of: path))
      while true {
        guard unsafe path.withPathBytes({ unsafe mkdir($0, 0o777) }) == 0 else {
          throw FileError(target, errno)
        }
        let descriptor = unsafe path.withPathBytes { unsafe open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw FileError(target, errno) }
        if keep(descriptor) { return }
      }
    }

    /// Locks what was made just now; false if another process took it for a leftover before that.
    private func keep(_ descriptor: Int32) -> Bool {
      _ = flock(descriptor, LOCK_EX)
      guard let made = FileStatus(of: descriptor),
        let found = try? FileStatus(of: path, followingLinks: false), found.isSame(as: made)
      else {
        close(descriptor)
        return false
      }
      hold.keep(descriptor)
      return true
    }

    /// Removes what has been written.
    package func remove() {
      FileSystem.remove(path)
      hold.release()
    }

    /// Gives a file its name, in place of an earlier file, or a folder a name that is free. Where
    /// the name is not a file's, copies the draft through it.
    ///
    /// The caller has brought a file to the disk.
    ///
    /// - Throws: ``FileError`` where the system refuses, as for a folder in the way; the draft
    ///   stays.
    package func publish() throws(FileError) {
      switch destination {
      case .circle: throw FileError(target, ELOOP)
      case .path(let path):
        do throws(FileError) { try FileSystem.rename(self.path, to: path) } catch {
          throw FileError(target, error.code)
        }
      case .stream(let stream):
        try copy(through: stream)
        FileSystem.remove(path)
      }
      hold.release()
    }

    private func copy(through stream: Destination.Stream) throws(FileError) {
      let input = try FileSystem.open(reading: path)
      let output = try stream.open(target)
      defer { close(output) }
      do {
        while let piece = try input.read(upToCount: 1 << 20), !piece.isEmpty {
          let code = Descriptor.write(piece, to: output)
          if code != 0 { throw FileError(target, code) }
        }
      } catch { throw FileError(target, wrapping: error) }
    }

    /// Gives a folder its name, in place of an earlier folder, which is removed afterwards.
    ///
    /// - Parameter exchanging: As of ``AtomicFile/publish(folder:as:exchanging:)``.
    /// - Throws: ``FileError`` where the system refuses, as for a file in the way; the earlier
    ///   folder and the draft stay.
    package func publishFolder(exchanging: Bool = true) throws(FileError) {
      try AtomicFile.publish(folder: path, as: target, exchanging: exchanging)
      hold.release()
    }

    /// The open file of a draft, with a lock that says that its process lives.
    private final class Hold: Sendable {
      private let descriptor = Guarded<Int32?>(nil)

      func keep(_ made: Int32) { descriptor.withLock { $0 = made } }

      func release() {
        descriptor.withLock { held in
          if let held { close(held) }
          held = nil
        }
      }

      deinit { release() }
    }

    static let prefix = ".morula-"
    static let suffix = ".partial"

    /// A new hidden name, whose length does not depend on the target's.
    static func hidden(beside destination: Destination, _ suffix: String) -> String {
      let folder =
        switch destination {
        case .path(let path): FileSystem.parent(of: path)
        case .circle: ""
        case .stream: FileManager.default.temporaryDirectory.path
        }
      let digits = String(UInt64.random(in: .min ... .max), radix: 16)
      let name = prefix + String(repeating: "0", count: 16 - digits.count) + digits + suffix
      return folder.isEmpty ? name : folder == "/" ? "/" + name : folder + "/" + name
    }
  }
}

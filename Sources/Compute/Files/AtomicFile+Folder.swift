import CFiles
import Foundation

extension AtomicFile {
  /// Gives a complete folder its name, in place of an earlier folder, which is removed afterwards.
  ///
  /// Whenever the process ends, one of the two is complete under the name; only on file systems
  /// that cannot exchange two names there is an instant in which both are complete under hidden
  /// ones.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - target: The name that it gets, on the same file system; links are followed.
  ///   - exchanging: Whether to try to exchange the two names in one step; false takes the way of
  ///     file systems that cannot.
  /// - Throws: ``FileError`` where the system refuses, as for a file in the way; both folders stay.
  package static func publish(
    folder: String, as target: String, exchanging: Bool = true
  ) throws(FileError) {
    let destination = Destination(target)
    guard case .path(let place) = destination else {
      throw FileError(target, destination == .circle ? ELOOP : EEXIST)
    }
    guard let status = try? FileStatus(of: place, followingLinks: false) else {
      do throws(FileError) { try FileSystem.rename(folder, to: place) } catch {
        throw FileError(target, error.code)
      }
      return
    }
    guard status.kind == .folder else { throw FileError(target, EEXIST) }
    synchronize(folder)
    if exchanging, exchange(folder, place) {
      FileSystem.remove(folder)
      return
    }
    // Not the name of a draft: what was there is not a leftover until the new one has its name.
    let old = Draft.hidden(beside: destination, ".replaced")
    do throws(FileError) {
      try FileSystem.rename(place, to: old)
    } catch { throw FileError(target, error.code) }
    do throws(FileError) {
      try FileSystem.rename(folder, to: place)
    } catch {
      try? FileSystem.rename(old, to: place)
      throw FileError(target, error.code)
    }
    FileSystem.remove(old)
  }

  /// The path behind all links at which a file or folder of this name is, or will be; nil if what
  /// is there is a pipe or a device.
  package static func place(of target: String) -> String? {
    guard case .path(let path) = Destination(target) else { return nil }
    return path
  }

  /// Brings a folder with all that is in it to the disk, before an earlier one is removed.
  package static func synchronize(_ folder: String) {
    let descriptor = unsafe folder.withPathBytes { unsafe open($0, O_RDONLY | O_CLOEXEC) }
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
    unsafe a.withPathBytes { a in
      unsafe b.withPathBytes { b in
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
}

import Foundation

/// Files and folders that appear whole or not at all.
///
/// What is written grows under another name in the same folder (`Draft`) and gets its own in one
/// step. A process that is killed in between leaves a hidden `.<name>.<random>.partial`, which
/// nothing reads and which may be removed. Where the name is a symbolic link the link is replaced,
/// and what it leads to stays as it is.
package enum AtomicFile {
  /// Lets `body` write a temporary file beside `path`, forces it to disk and renames it to `path`.
  ///
  /// A reader sees the old file or the new one, never half of one; where `body` or the disk fails
  /// the old file stays and the temporary one is removed. Permissions are those of any new file.
  ///
  /// - Throws: ``FileError``, or what `body` throws.
  package static func write(to path: String, _ body: (FileHandle) throws -> Void) throws {
    let draft = Draft(for: path)
    let descriptor = unsafe open(draft.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path, errno) }
    do {
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
      do {
        try body(handle)
      } catch let error as CocoaError {
        // FileHandle wraps what the system said: a full disk, mostly.
        close(descriptor)
        let system = unsafe error.userInfo[NSUnderlyingErrorKey] as? NSError
        throw FileError(path, Int32(system?.code ?? Int(EIO)))
      } catch {
        close(descriptor)
        throw error
      }
      let synchronized = fsync(descriptor)
      let code = errno
      guard close(descriptor) == 0 else { throw FileError(path, errno) }
      guard synchronized == 0 else { throw FileError(path, code) }
      try draft.publish()
    } catch {
      draft.remove()
      throw error
    }
  }
}

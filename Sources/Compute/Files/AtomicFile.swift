import Foundation

/// Files and folders that appear whole or not at all.
///
/// What is written grows under another name in the same folder (`Draft`) and gets its own in one
/// step. A process that is killed in between leaves a hidden `.morula-<random>.partial`, which
/// nothing reads, and which the next process that writes into the folder removes. Where the name
/// is a symbolic link, what it leads to is replaced and the link stays. Pipes and devices are not
/// replaced: what is written goes through them.
package enum AtomicFile {
  /// Lets `body` write a temporary file beside `path`, forces it to disk and renames it to `path`.
  ///
  /// A reader sees the old file or the new one, never half of one; where `body` or the disk fails
  /// the old file stays and the temporary one is removed. Permissions are those of any new file.
  ///
  /// - Parameter isDurable: Whether to wait until the disk has it; false for what can be made again.
  /// - Throws: ``FileError``, or what `body` throws.
  package static func write(
    to path: String, isDurable: Bool = true, _ body: (FileHandle) throws -> Void
  ) throws {
    if case .stream(let stream) = Destination(path) {
      return try write(through: stream, path, body)
    }
    let draft = Draft(for: path)
    do {
      let descriptor = try draft.create()
      do {
        try body(FileHandle(fileDescriptor: descriptor, closeOnDealloc: false))
      } catch let error as CocoaError {
        // FileHandle wraps what the system said: a full disk, mostly.
        throw FileError(path, wrapping: error)
      }
      guard !isDurable || fsync(descriptor) == 0 else { throw FileError(path, errno) }
      try draft.publish()
    } catch {
      draft.remove()
      throw error
    }
  }

  /// Lets `body` write into a pipe, a device, or a file that is open already.
  private static func write(
    through stream: Destination.Stream, _ path: String, _ body: (FileHandle) throws -> Void
  ) throws {
    let descriptor = try stream.open(path)
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do { try body(handle) } catch let error as CocoaError {
      throw FileError(path, wrapping: error)
    }
    try? handle.close()
  }
}

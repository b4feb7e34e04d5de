import Foundation

/// A file without a name for numbers that do not fit in memory. Its space on the disk is given back
/// with the object, also if the process is killed.
///
/// Bytes that were never written are 0 and take no space. Several threads may read and write
/// different parts at once.
package final class ScratchFile: Sendable {
  /// The folder of such files: `TMPDIR`, else `/tmp`.
  package static var folder: String {
    let chosen = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
    return chosen.isEmpty ? "/tmp" : chosen
  }

  /// The bytes that the disk of ``folder`` has left for this user; nil if the system does not say.
  package static var available: Int? {
    var status = statvfs()
    guard unsafe folder.withPathBytes({ unsafe statvfs($0, &status) }) == 0 else { return nil }
    return Int(clamping: UInt64(status.f_bavail)) * Int(clamping: UInt64(status.f_frsize))
  }

  private let descriptor: Int32

  /// An empty file.
  package init() throws(FileError) {
    var template = Array((Self.folder + "/morula-scratch-XXXXXX").utf8CString)
    descriptor = unsafe template.withUnsafeMutableBufferPointer { unsafe mkstemp($0.baseAddress!) }
    guard descriptor >= 0 else { throw FileError(Self.folder, errno) }
    _ = unsafe template.withUnsafeBufferPointer { unsafe unlink($0.baseAddress!) }
  }

  deinit { close(descriptor) }

  /// Writes the numbers from byte `offset` on.
  package func write<Number: BitwiseCopyable>(
    _ numbers: Span<Number>, at offset: Int
  ) throws(FileError) {
    let code = unsafe numbers.withUnsafeBytes { bytes -> Int32 in
      var done = 0
      while done < bytes.count {
        let count = unsafe pwrite(
          descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return count < 0 ? errno : ENOSPC }
        done += count
      }
      return 0
    }
    guard code == 0 else { throw FileError(Self.folder, code) }
  }

  /// Reads a range of numbers from byte `offset` on; those that were never written are 0.
  package func read<Number: BitwiseCopyable>(
    into numbers: inout MutableSpan<Number>, _ range: Range<Int>, at offset: Int
  ) throws(FileError) {
    precondition(
      0 <= range.lowerBound && range.upperBound <= numbers.count, "a read leaves its array")
    let size = MemoryLayout<Number>.stride
    let code = unsafe numbers.withUnsafeMutableBytes { all -> Int32 in
      let bytes = unsafe UnsafeMutableRawBufferPointer(
        rebasing: all[range.lowerBound * size..<range.upperBound * size])
      var done = 0
      while done < bytes.count {
        let count = unsafe pread(
          descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { return errno }
        if count == 0 {
          unsafe memset(bytes.baseAddress! + done, 0, bytes.count - done)
          return 0
        }
        done += count
      }
      return 0
    }
    guard code == 0 else { throw FileError(Self.folder, code) }
  }
}

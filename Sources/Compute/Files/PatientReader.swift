import Foundation

/// Reads a small file that may be a pipe, without waiting for ever.
package struct PatientReader {
  /// Seconds without a byte after which a pipe is given up.
  package var patience = 10.0
  /// The largest number of bytes that is read.
  package var limit: Int

  /// A reader of at most `limit` bytes.
  package init(limit: Int) { self.limit = limit }

  /// Why a file was not read.
  package enum Failure: Error, Hashable {
    /// The system refused.
    case system(FileError)
    /// It has more bytes than the limit.
    case tooLarge
    /// A pipe or a terminal sent this many bytes, and then nothing while we were patient.
    case silent(after: Int)

    /// The reason in words.
    package var words: String {
      switch self {
      case .system(let error): error.reasonWithAdvice
      case .tooLarge: "it is too large"
      case .silent(let count):
        "it sent \(count.counted("byte")) and then nothing for a while"
      }
    }
  }

  /// The bytes of a file, a pipe or a device up to its end.
  package func read(_ path: String) throws(Failure) -> Data {
    // A pipe without a writer is opened at once; it would otherwise be waited for.
    let descriptor = unsafe path.withPathBytes {
      unsafe open($0, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    }
    guard descriptor >= 0 else { throw .system(FileError(path, errno)) }
    defer { close(descriptor) }
    var status = stat()
    let isPipe = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    var bytes = Data()
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe Foundation.read(descriptor, &part, part.count)
      if count > 0 {
        bytes += part[..<count]
        guard bytes.count <= limit else { throw .tooLarge }
      } else if count == 0, !isPipe || !bytes.isEmpty {
        return bytes
      } else if count == 0 || errno == EAGAIN {
        // Nothing yet; a pipe may have no writer yet.
        guard try wait(descriptor, path, bytes.count) else { return bytes }
      } else if errno != EINTR {
        throw .system(FileError(path, errno))
      }
    }
  }

  /// Waits for the next byte; false if the last writer has gone.
  private func wait(_ descriptor: Int32, _ path: String, _ count: Int) throws(Failure) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    switch unsafe poll(&request, 1, Int32(patience * 1000)) {
    case 0: throw .silent(after: count)
    case 1...: return request.revents & Int16(POLLIN) != 0
    default:
      guard errno == EINTR else { throw .system(FileError(path, errno)) }
      return true
    }
  }
}

import Compute
import Foundation
import Morphometry
import Synchronization

/// Standard input, output and error, which may be closed, full or gone.
///
/// Progress and notes are for whoever watches: work goes on where they cannot be shown. What a
/// command prints on standard output is its result: if that is lost, it is an error.
enum StandardStreams {
  /// Makes the three streams safe to use; called before anything else.
  ///
  /// A stream that is closed is opened on /dev/null, or the next file that is opened would get its
  /// number and our messages. A closed pipe is an error of the write and not the end of the process,
  /// as it may be the pipe of the progress.
  static func prepare() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // Nothing can be written to a standard output that was closed: what would be printed is lost,
      // and the write says so.
      let mode = descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR
      // The lowest number that is free, which is this one.
      _ = unsafe open("/dev/null", mode)
    }
    signal(SIGPIPE, SIG_IGN)
    // A file that may not grow further (`ulimit -f`) is an error of the write, too.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Writes to standard error as far as that is possible; text of others went through the door.
  ///
  /// What takes nothing for a second is not waited for again until it does.
  static func tell(_ text: String) {
    let patience: Int32 = isStuck.load(ordering: .relaxed) ? 0 : 1000
    let code = Descriptor.write(text.utf8, to: STDERR_FILENO, patience: patience)
    isStuck.store(code == EAGAIN, ordering: .relaxed)
  }

  private static let isStuck = Atomic<Bool>(false)

  /// Writes to standard output.
  ///
  /// - Throws: ``ClosedPipe`` if the reader has gone, ``FileError`` where the output is lost
  ///   otherwise.
  fileprivate static func give(_ text: String) throws {
    let code = Descriptor.write(text.utf8, to: STDOUT_FILENO)
    if code == EPIPE { throw ClosedPipe() }
    if code != 0 { throw FileError("standard output", code) }
  }

  /// The reader of a pipe has all it wanted, as in `morula info … | head`.
  struct ClosedPipe: Error {
    /// Ends the process as the signal would have.
    func end() -> Never {
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
      exit(128 + SIGPIPE)
    }
  }
}

/// Prints on standard output, in place of Swift's own `print`: through the door for untrusted text,
/// and not without an error where the output is lost.
func print(_ text: String, terminator: String = "\n") throws {
  try StandardStreams.give(text.visible(keepingLines: true) + terminator)
}

/// Prints the cells of a row, with tabs between them.
func print(cells: String...) throws {
  try StandardStreams.give(cells.map { $0.visible() }.joined(separator: "\t") + "\n")
}

/// Prints JSON, whose texts have escapes of their own.
func print(_ json: JSONValue) throws { try StandardStreams.give(json.fileText) }

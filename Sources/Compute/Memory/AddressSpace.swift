import Foundation

/// The addresses that this process may use: grid engines (`h_vmem`) and `ulimit` limit them.
///
/// Libraries do not survive that an allocation is refused, so what a piece of work needs is asked
/// for before it begins.
package enum AddressSpace {
  /// A limit of the system.
  private struct Limit {
    /// As the shell calls it.
    let name: String
    let bytes: Int
    /// The line of `/proc/self/status` that counts what it limits.
    let used: String
  }

  private static let limits: [Limit] = {
    #if os(Linux)
      func limit(_ resource: __rlimit_resource, _ name: String, _ used: String) -> Limit? {
        var limit = rlimit()
        guard unsafe getrlimit(Int32(resource.rawValue), &limit) == 0,
          limit.rlim_cur < UInt64(Int.max)
        else {
          return nil
        }
        return Limit(name: name, bytes: Int(limit.rlim_cur), used: used)
      }
      return [
        limit(RLIMIT_AS, "ulimit -v", "VmSize:"), limit(RLIMIT_DATA, "ulimit -d", "VmData:"),
      ].compactMap { $0 }
    #else
      return []
    #endif
  }()

  /// Whether the system limits the addresses of this process.
  package static var isLimited: Bool { !limits.isEmpty }

  /// The bytes that may still be asked for; nil if there is no limit.
  package static var available: Int? { tightest?.available }

  private static var tightest: (limit: Limit, available: Int)? {
    if limits.isEmpty { return nil }
    let status = (try? FileSystem.text(of: "/proc/self/status")) ?? ""
    return limits.map { limit in
      let line = status.split(separator: "\n").first { $0.hasPrefix(limit.used) }
      let kilobytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
      let used = kilobytes.flatMap { Int($0) } ?? 0
      return (limit, max(0, limit.bytes - used * 1024))
    }.min { $0.available < $1.available }
  }

  /// Throws unless the limit leaves room for so many bytes more.
  ///
  /// - Parameter work: What needs them, for example the name of a file.
  package static func require(_ bytes: Int, for work: String) throws(AddressSpaceError) {
    guard let (limit, available) = tightest, bytes > available else { return }
    throw AddressSpaceError(
      work: work, needed: limit.bytes - available + bytes, limit: limit.bytes, name: limit.name)
  }

  /// Ends the process with one line, where an allocation was refused of which no caller can be told.
  static func end(refused bytes: Int) -> Never {
    let limit = limits.min { $0.bytes < $1.bytes }
    let reason = limit.map {
      "the limit (\($0.name)) is \(ByteCount.rounded($0.bytes)): raise it, or use fewer threads"
    }
    let line =
      "error: the system refused \(ByteCount.rounded(bytes)) of memory for one array; "
      + "\(reason ?? "close other programs, or use smaller volumes")\n"
    _ = Descriptor.write(line.utf8, to: STDERR_FILENO, patience: 1000)
    _exit(1)
  }

  /// Makes one line of what would be a crash with a trace: of the libraries' own allocations,
  /// under a limit.
  package static func explainCrashes() {
    guard let limit = limits.min(by: { $0.bytes < $1.bytes }) else { return }
    let text =
      "error: ended by a crash, probably as the limit of addresses (\(limit.name)) of "
      + "\(ByteCount.rounded(limit.bytes)) leaves too few: raise it, or use fewer threads\n"
    unsafe crashLine = Array(text.utf8)
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS] {
      signal(number) { _ in
        // `write` is safe in a handler; the text was made before.
        unsafe AddressSpace.crashLine.withUnsafeBytes {
          _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count)
        }
        _exit(1)
      }
    }
  }

  /// Set once before the handlers that read it.
  nonisolated(unsafe) private static var crashLine: [UInt8] = []
}

/// A limit of addresses that is too low for a piece of work.
public struct AddressSpaceError: AdvisedError, Hashable {
  /// What needs them.
  public let work: String
  /// The bytes that the process would have in all.
  public let needed: Int
  /// The limit in bytes.
  public let limit: Int
  /// The limit as the shell calls it.
  public let name: String

  /// One line: what needs how much, and the limit.
  public var statement: String {
    "\(work.onOneLine()): needs about \(ByteCount.rounded(needed)) of address space, the limit "
      + "(\(name)) is \(ByteCount.rounded(limit))"
  }

  /// What to do.
  public var advice: Advice? { .either("raise the limit", .useFewerThreads) }
}

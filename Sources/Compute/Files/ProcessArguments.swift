#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The arguments of this process.
package enum ProcessArguments {
  /// All of them, the program first; bytes that are not UTF-8 are kept (`String(pathBytes:)`).
  ///
  /// `CommandLine.arguments` replaces them, and the file that was meant could not be found.
  package static let all: [String] = {
    let count = Int(CommandLine.argc)
    return (0..<count).compactMap { index in
      guard let argument = unsafe CommandLine.unsafeArgv[index] else { return nil }
      return unsafe String(
        pathBytes: UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
    }
  }()
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writing to open files, by their numbers.
package enum Descriptor {
  /// Writes all bytes, however many calls it takes.
  ///
  /// - Parameters:
  ///   - descriptor: The open file, device or pipe.
  ///   - patience: The milliseconds to wait where it takes nothing for the moment and says so, as a
  ///     terminal does that another program made non-blocking; nil for ever.
  /// - Returns: 0, or the error of the system (`errno`).
  package static func write(
    _ bytes: some Sequence<UInt8>, to descriptor: Int32, patience: Int32? = nil
  ) -> Int32 {
    unsafe Array(bytes).withUnsafeBytes { buffer in
      var rest = unsafe buffer[...]
      while unsafe !rest.isEmpty {
        let count = unsafe systemWrite(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count >= 0 {
          unsafe rest = rest.dropFirst(count)
          continue
        }
        switch errno {
        case EINTR: continue
        case EAGAIN:
          var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          if unsafe poll(&wanted, 1, patience ?? -1) == 0 { return EAGAIN }
        default: return errno
        }
      }
      return 0
    }
  }

  private static func systemWrite(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int
  ) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.write(descriptor, bytes, count)
    #elseif canImport(Musl)
      unsafe Musl.write(descriptor, bytes, count)
    #else
      unsafe Darwin.write(descriptor, bytes, count)
    #endif
  }
}

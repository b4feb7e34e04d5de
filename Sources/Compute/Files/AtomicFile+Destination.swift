#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension AtomicFile {
  /// Where an output goes that a user named.
  enum Destination: Hashable, Sendable {
    /// What a process writes through without replacing it.
    enum Stream: Hashable, Sendable {
      /// A pipe, a device or a socket.
      case special
      /// A file of this process that is open already, as `/dev/stdout` is.
      case descriptor(Int32)
    }

    /// A file or folder, which exists or not: the path behind all links.
    case path(String)
    /// Not a file.
    case stream(Stream)
    /// Links that lead in a circle.
    case circle

    /// Looks at what stands at a path.
    init(_ path: String) {
      var path = path
      for _ in 0..<40 {
        if let number = Self.descriptor(path) {
          self = .stream(.descriptor(number))
          return
        }
        guard let status = try? FileStatus(of: path, followingLinks: false) else { break }
        switch status.kind {
        case .link:
          guard let next = FileSystem.destination(ofLink: path) else { break }
          let folder = FileSystem.parent(of: path)
          path =
            next.hasPrefix("/") || folder.isEmpty
            ? next : folder == "/" ? "/" + next : folder + "/" + next
          continue
        case .pipe, .device, .socket:
          self = .stream(.special)
          return
        case .file, .folder: break
        }
        self = .path(path)
        return
      }
      let isLink = (try? FileStatus(of: path, followingLinks: false))?.kind == .link
      self = isLink ? .circle : .path(path)
    }

    /// The number in `/dev/fd/63` and in what `/dev/stdout` leads to, `/proc/self/fd/1`.
    private static func descriptor(_ path: String) -> Int32? {
      for folder in [
        "/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/", "/proc/\(getpid())/fd/",
      ]
      where path.hasPrefix(folder) {
        return Int32(path.dropFirst(folder.count))
      }
      return nil
    }
  }
}

extension AtomicFile.Destination.Stream {
  /// Opens it for writing; a pipe without a reader is waited for, as a shell does.
  func open(_ path: String) throws(FileError) -> Int32 {
    let descriptor =
      switch self {
      case .descriptor(let number): fcntl(number, F_DUPFD_CLOEXEC, 3)
      case .special:
        unsafe path.withPathBytes { path in
          #if canImport(Glibc)
            unsafe Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
          #elseif canImport(Musl)
            unsafe Musl.open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
          #else
            unsafe Darwin.open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
          #endif
        }
      }
    guard descriptor >= 0 else { throw FileError(path, errno) }
    return descriptor
  }
}

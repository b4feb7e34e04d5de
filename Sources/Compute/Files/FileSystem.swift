import Foundation

/// The calls of the system about files and folders, for paths of any bytes (`String.pathBytes`);
/// every error is a ``FileError``.
///
/// Foundation's `FileManager` and `URL` know no names that are not UTF-8.
package enum FileSystem {
  /// Whether something stands at a path, links followed.
  package static func exists(_ path: String) -> Bool { (try? FileStatus(of: path)) != nil }

  /// Whether a path leads to a folder.
  package static func isFolder(_ path: String) -> Bool {
    (try? FileStatus(of: path))?.kind == .folder
  }

  /// The names in a folder, in no order; hidden ones too.
  package static func names(in folder: String) throws(FileError) -> [String] {
    guard let stream = unsafe folder.withPathBytes({ unsafe opendir($0) }) else {
      throw FileError(folder, errno)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe String(pathBytes: $0.prefix { $0 != 0 })
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw FileError(folder, errno) }
    return names
  }

  /// Makes a folder and the folders above it, unless they exist.
  package static func makeFolder(_ path: String) throws(FileError) {
    if isFolder(path) { return }
    if unsafe path.withPathBytes({ unsafe mkdir($0, 0o777) }) == 0 { return }
    var code = errno
    let above = parent(of: path)
    if code == ENOENT, above != path, !above.isEmpty, !path.isEmpty {
      try makeFolder(above)
      if unsafe path.withPathBytes({ unsafe mkdir($0, 0o777) }) == 0 { return }
      code = errno
    }
    // Another process may have made it meanwhile.
    if code == EEXIST, isFolder(path) { return }
    throw FileError(path, code == EEXIST ? ENOTDIR : code)
  }

  /// Removes a file, a link, or a folder with all that is in it, as far as that is possible.
  package static func remove(_ path: String) {
    if unsafe path.withPathBytes({ unsafe unlink($0) }) == 0 { return }
    guard (try? FileStatus(of: path, followingLinks: false))?.kind == .folder else { return }
    for name in (try? names(in: path)) ?? [] { remove(path + "/" + name) }
    unsafe path.withPathBytes { _ = unsafe rmdir($0) }
  }

  /// Gives a file or folder another name, in place of a file of that name.
  package static func rename(_ path: String, to target: String) throws(FileError) {
    let result = unsafe path.withPathBytes { from in
      unsafe target.withPathBytes { to in unsafe Foundation.rename(from, to) }
    }
    guard result == 0 else { throw FileError(target, errno) }
  }

  /// Opens a file for reading.
  package static func open(reading path: String) throws(FileError) -> FileHandle {
    try handle(path, O_RDONLY)
  }

  /// Opens a file for writing from its start, empty; it is made unless it exists.
  package static func open(writing path: String) throws(FileError) -> FileHandle {
    try handle(path, O_WRONLY | O_CREAT | O_TRUNC)
  }

  /// All that is in a file.
  package static func contents(of path: String) throws(FileError) -> Data {
    let handle = try open(reading: path)
    defer { try? handle.close() }
    // Reading a folder is where the system notices it.
    if FileStatus(of: handle.fileDescriptor)?.kind == .folder { throw FileError(path, EISDIR) }
    do { return try handle.readToEnd() ?? Data() } catch { throw FileError(path, wrapping: error) }
  }

  /// The text of a file in UTF-8.
  package static func text(of path: String) throws(FileError) -> String {
    guard let text = String(validating: try contents(of: path), as: UTF8.self) else {
      throw FileError(path, reason: "is not text in UTF-8")
    }
    return text
  }

  /// Writes a new file, or in place of what an existing one holds.
  package static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(FileError) {
    let handle = try open(writing: path)
    defer { try? handle.close() }
    let code = Descriptor.write(bytes, to: handle.fileDescriptor)
    guard code == 0 else { throw FileError(path, code) }
  }

  /// The path without links, `.` and `..`, from the root: what exists of it, and the rest as it
  /// will be; `a/../b` is `b` also where there is no `a` yet.
  package static func resolved(_ path: String) -> String {
    if let found = realPath(path.isEmpty ? "." : path) { return found }
    let (above, name) = (parent(of: path), lastComponent(of: path))
    guard above != path, !name.isEmpty else { return path }
    let folder = resolved(above.isEmpty ? "." : above)
    switch name {
    case ".": return folder
    case "..": return parent(of: folder)
    default: return folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
  }

  /// Whether the system would let this process write here.
  package static func isWritable(_ path: String) -> Bool {
    unsafe path.withPathBytes { unsafe access($0, W_OK) } == 0
  }

  /// The path from the root, without `.` and `..` and links as they are; the current folder for an
  /// empty one.
  package static func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : (realPath(".") ?? "") + "/" + path
    var parts: [String.UnicodeScalarView.SubSequence] = []
    for part in whole.unicodeScalars.split(separator: "/") {
      switch String(part) {
      case ".": break
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    return "/" + parts.map { String($0) }.joined(separator: "/")
  }

  /// What a symbolic link says; nil if the path is none.
  package static func destination(ofLink path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe path.withPathBytes { path in
      unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe readlink(
          path, buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count)
      }
    }
    return count < 0 ? nil : String(pathBytes: bytes.prefix(count))
  }

  /// The path of the folder that holds a path; empty for a bare name, which is in the current one.
  package static func parent(of path: String) -> String {
    let scalars = trimmed(path)
    guard let slash = scalars.lastIndex(of: "/") else { return "" }
    let parent = trimmed(String(scalars[..<slash]))
    return parent.isEmpty ? "/" : String(parent)
  }

  /// The name behind the last slash that has one.
  package static func lastComponent(of path: String) -> String {
    let scalars = trimmed(path)
    guard let slash = scalars.lastIndex(of: "/") else { return String(scalars) }
    return String(scalars[scalars.index(after: slash)...])
  }

  /// A path without slashes at its end, but for the root's.
  private static func trimmed(_ path: String) -> Substring.UnicodeScalarView {
    var scalars = path.unicodeScalars[...]
    while scalars.count > 1, scalars.last == "/" { scalars.removeLast() }
    return scalars
  }

  private static func realPath(_ path: String) -> String? {
    guard let found = unsafe path.withPathBytes({ unsafe realpath($0, nil) }) else { return nil }
    defer { unsafe free(found) }
    return unsafe String(pathBytes: UnsafeRawBufferPointer(start: found, count: strlen(found)))
  }

  private static func handle(_ path: String, _ flags: Int32) throws(FileError) -> FileHandle {
    let descriptor = unsafe path.withPathBytes {
      unsafe Foundation.open($0, flags | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw FileError(path, errno) }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

extension FileError {
  /// What Foundation wrapped: `FileHandle` throws the system's answer inside of its own error.
  package init(_ file: String, wrapping error: any Error) {
    if let error = error as? FileError {
      self = error
      return
    }
    let cocoa = error as? CocoaError
    let system = unsafe cocoa?.userInfo[NSUnderlyingErrorKey] as? NSError
    self.init(file, Int32(system?.code ?? Int(EIO)))
  }
}

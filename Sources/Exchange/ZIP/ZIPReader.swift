import CZIP
import Compute
import Foundation
import Networks

/// A zip archive, read entry by entry through libzip.
///
/// What an archive claims is checked before memory is taken for it: all that is read of one archive
/// together is at most 64 MiB and sixteen times the archive, which no archive of weights exceeds
/// and which keeps a "zip bomb" harmless.
@safe package final class ZIPReader {
  /// A file in an archive.
  package struct Entry: Hashable, Sendable {
    /// The path in the archive.
    package let name: String
    /// The bytes it holds, as the archive claims.
    package let size: Int
    fileprivate let index: UInt64
  }

  /// The archive's path, for messages.
  package let source: String
  /// The entries in the order of the archive's directory.
  package let entries: [Entry]
  private let archive: OpaquePointer
  private let indices: [String: Int]
  /// What may still be decompressed.
  private var allowance: Int

  /// Opens the archive in a file.
  ///
  /// - Throws: `WeightsError` where the file cannot be read or is not a zip archive.
  package convenience init(contentsOf path: String) throws(WeightsError) {
    let size = try RegularFile.size(path)
    try Self.requireContents(size, path)
    var problem = unsafe zip_error_t()
    unsafe zip_error_init(&problem)
    defer { unsafe zip_error_fini(&problem) }
    let source = unsafe path.withPathBytes { unsafe zip_source_file_create($0, 0, -1, &problem) }
    try unsafe self.init(source, &problem, size: size, name: path)
  }

  /// Opens the archive in `bytes`; `name` stands for it in messages.
  ///
  /// - Throws: `WeightsError` where the bytes are not a zip archive.
  package convenience init(bytes: Data, name: String) throws(WeightsError) {
    try Self.requireContents(bytes.count, name)
    var problem = unsafe zip_error_t()
    unsafe zip_error_init(&problem)
    defer { unsafe zip_error_fini(&problem) }
    // libzip frees the copy with the archive.
    let copy = unsafe malloc(max(bytes.count, 1))
    guard let copy = unsafe copy else {
      throw WeightsError(.unreadable, file: name, "not enough memory")
    }
    _ = unsafe bytes.copyBytes(to: UnsafeMutableRawBufferPointer(start: copy, count: bytes.count))
    let source = unsafe zip_source_buffer_create(copy, UInt64(bytes.count), 1, &problem)
    try unsafe self.init(source, &problem, size: bytes.count, name: name)
  }

  /// libzip takes an empty file for an archive without entries.
  private static func requireContents(_ size: Int, _ name: String) throws(WeightsError) {
    guard size > 0 else { throw WeightsError(.truncated, file: name, "is empty") }
  }

  /// Consumes the source.
  private init(
    _ data: OpaquePointer?, _ problem: inout zip_error_t, size: Int, name: String
  ) throws(WeightsError) {
    func failure() -> WeightsError {
      let reason = unsafe String(cString: zip_error_strerror(&problem))
      return WeightsError(
        .malformed, file: name, "is not a zip archive that can be read: \(reason)")
    }
    guard let data = unsafe data else { throw failure() }
    guard let opened = unsafe zip_open_from_source(data, Int32(ZIP_RDONLY), &problem) else {
      unsafe zip_source_free(data)
      throw failure()
    }
    unsafe archive = opened
    source = name
    allowance = 64 << 20 + 16 * size
    var found: [Entry] = []
    for index in 0..<UInt64(max(unsafe zip_get_num_entries(opened, 0), 0)) {
      var status = unsafe zip_stat_t()
      unsafe zip_stat_init(&status)
      guard unsafe zip_stat_index(opened, index, 0, &status) == 0, let path = unsafe status.name
      else { continue }
      unsafe found.append(
        Entry(
          name: String(cString: path), size: Int(clamping: status.size), index: index))
    }
    entries = found
    indices = Dictionary(
      found.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  deinit { unsafe zip_discard(archive) }

  /// The first entry of this name.
  package func entry(_ name: String) -> Entry? { indices[name].map { entries[$0] } }

  /// The contents of an entry, checked against its size and its checksum.
  ///
  /// - Throws: `WeightsError` where they are damaged, encrypted, or far larger than the archive.
  package func read(_ entry: Entry) throws(WeightsError) -> Data {
    func failure(_ kind: WeightsError.Kind, _ problem: String) -> WeightsError {
      WeightsError(
        kind, file: source, "entry \(String(entry.name.prefix(100)).debugDescription): \(problem)")
    }
    guard entry.size <= allowance else {
      throw failure(
        .malformed,
        "claims \(entry.size) bytes, far more than such an archive can hold; it is not read")
    }
    allowance -= entry.size
    guard let file = unsafe zip_fopen_index(archive, entry.index, 0) else {
      throw failure(.malformed, unsafe String(cString: zip_strerror(archive)))
    }
    defer { unsafe zip_fclose(file) }
    var contents = Data()
    contents.reserveCapacity(entry.size)
    // A byte more than there should be, which shows entries that hold more than they claim.
    var block = [UInt8](repeating: 0, count: min(1 << 18, entry.size + 1))
    while true {
      let count = unsafe block.withUnsafeMutableBytes { buffer -> Int64 in
        guard let start = buffer.baseAddress else { return 0 }
        return unsafe zip_fread(file, start, UInt64(buffer.count))
      }
      guard count >= 0 else {
        throw failure(.malformed, unsafe String(cString: zip_file_strerror(file)))
      }
      if count == 0 { break }
      guard contents.count + Int(count) <= entry.size else {
        throw failure(.malformed, "holds more than the \(entry.size) bytes that it claims")
      }
      contents.append(contentsOf: block[0..<Int(count)])
    }
    guard contents.count == entry.size else {
      throw failure(.truncated, "claims \(entry.size) bytes, holds \(contents.count)")
    }
    return contents
  }
}

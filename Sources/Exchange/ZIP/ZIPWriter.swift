import CZIP
import Compute
import Foundation
import Networks

/// Makes zip archives through libzip: entries in the order given, stored or deflated, all dated
/// 1980-01-01, so that equal contents give equal bytes.
package enum ZIPWriter {
  /// A file for an archive.
  package struct Entry: Sendable {
    /// The path in the archive.
    package var name: String
    /// What it holds.
    package var contents: Data
    /// Whether it is deflated; weights hardly shrink.
    package var isCompressed: Bool

    /// A file for an archive.
    package init(name: String, contents: Data, isCompressed: Bool = false) {
      self.name = name
      self.contents = contents
      self.isCompressed = isCompressed
    }
  }

  /// Writes an archive to a file, whole or not at all.
  package static func write(_ entries: [Entry], to path: String) throws(WeightsError) {
    let bytes = try archive(entries, name: path)
    do {
      try AtomicFile.write(to: path) { try $0.write(contentsOf: bytes) }
    } catch let error as FileError {
      throw WeightsError(.unwritable, file: path, error.reason)
    } catch {
      throw WeightsError(.unwritable, file: path, error.localizedDescription)
    }
  }

  /// The bytes of an archive; `name` stands for it in messages.
  package static func archive(_ entries: [Entry], name: String) throws(WeightsError) -> Data {
    let result = makeArchive(entries)
    guard let result else {
      throw WeightsError(.unwritable, file: name, "the zip archive could not be made in memory")
    }
    return result
  }

  /// nil where libzip fails, which it does for want of memory alone.
  private static func makeArchive(_ entries: [Entry]) -> Data? {
    guard let target = unsafe zip_source_buffer_create(nil, 0, 0, nil) else { return nil }
    // Kept beyond the archive, for the bytes that closing it writes here.
    unsafe zip_source_keep(target)
    defer { unsafe zip_source_free(target) }
    guard let archive = unsafe zip_open_from_source(target, Int32(ZIP_TRUNCATE), nil) else {
      unsafe zip_source_free(target)
      return nil
    }
    for entry in entries {
      guard unsafe add(entry, to: archive) else {
        unsafe zip_discard(archive)
        return nil
      }
    }
    guard unsafe zip_close(archive) == 0 else {
      unsafe zip_discard(archive)
      return nil
    }
    return unsafe contents(of: target)
  }

  private static func add(_ entry: Entry, to archive: OpaquePointer) -> Bool {
    // libzip reads and frees the copy when the archive is closed.
    guard let copy = unsafe malloc(max(entry.contents.count, 1)) else { return false }
    let count = entry.contents.count
    _ = unsafe entry.contents.copyBytes(
      to: UnsafeMutableRawBufferPointer(start: copy, count: count))
    guard let source = unsafe zip_source_buffer(archive, copy, UInt64(count), 1) else {
      unsafe free(copy)
      return false
    }
    let index = unsafe zip_file_add(archive, entry.name, source, UInt32(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      unsafe zip_source_free(source)
      return false
    }
    let method = entry.isCompressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE
    let firstDay: UInt16 = 1 << 5 | 1
    return unsafe zip_set_file_compression(archive, UInt64(index), method, 0) == 0
      && zip_file_set_dostime(archive, UInt64(index), 0, firstDay, 0) == 0
  }

  private static func contents(of source: OpaquePointer) -> Data? {
    var status = unsafe zip_stat_t()
    guard unsafe zip_source_stat(source, &status) == 0, unsafe zip_source_open(source) == 0
    else { return nil }
    defer { unsafe zip_source_close(source) }
    var data = unsafe Data(count: Int(status.size))
    let count = unsafe data.withUnsafeMutableBytes { buffer -> Int64 in
      guard let start = buffer.baseAddress else { return 0 }
      return unsafe zip_source_read(source, start, UInt64(buffer.count))
    }
    return count == Int64(data.count) ? data : nil
  }
}

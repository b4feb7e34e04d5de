import Compute
import Foundation

/// Reads and decodes the chunks of an array.
struct ZarrChunkReader: Sendable {
  let array: ZarrArray
  /// The folder of the array.
  let folder: String

  /// The indices of shards that were read, by their files.
  struct Indices {
    fileprivate var entries: [String: [UInt64]] = [:]
  }

  /// The samples of a chunk in this machine's byte order; nil where the chunk is not there, and all
  /// its values are the fill value.
  func read(_ index: [Int], _ indices: inout Indices) throws(InputError) -> [UInt8]? {
    let path = path(of: index)
    guard let data = try stored(index, path, &indices) else { return nil }
    guard let samples = array.codecs.decode(data, shape: array.chunks, fill: array.fill) else {
      throw damaged(path)
    }
    return samples
  }

  /// The size of a chunk's file in bytes, 0 where there is none.
  func storedSize(_ index: [Int]) -> Int {
    (try? FileStatus(of: path(of: index)))?.size ?? 0
  }

  private func path(of index: [Int]) -> String {
    var numbers = index
    if let shard = array.shard { numbers = zip(index, shard.counts).map { $0 / $1 } }
    return folder + "/" + array.prefix
      + numbers.map(String.init).joined(separator: array.separator)
  }

  private func damaged(_ path: String) -> InputError {
    InputError(path, "is a damaged or incomplete chunk: copy the image again")
  }

  /// The bytes of a chunk as they are stored.
  private func stored(
    _ index: [Int], _ path: String, _ indices: inout Indices
  ) throws(InputError) -> [UInt8]? {
    let status: FileStatus
    let file: FileHandle
    do throws(FileError) {
      status = try FileStatus(of: path)
      guard status.kind == .file else {
        throw FileError(path, reason: "is not a chunk: not a regular file")
      }
      file = try FileSystem.open(reading: path)
    } catch {
      // Only a chunk that does not exist stands for the fill value.
      if error.code == ENOENT { return nil }
      throw InputError(error)
    }
    let size = status.size
    defer { try? file.close() }
    func bytes(_ offset: Int, _ count: Int, limit: Int) -> [UInt8]? {
      guard offset >= 0, count >= 0, offset <= size, count <= size - offset, count <= limit,
        (try? file.seek(toOffset: UInt64(offset))) != nil
      else { return nil }
      if count == 0 { return [] }
      guard let data = try? file.read(upToCount: count), data.count == count else { return nil }
      return [UInt8](data)
    }
    let limit = array.codecs.largestStoredSize(of: array.chunkByteCount, shape: array.chunks)
    guard let shard = array.shard else {
      guard let data = bytes(0, size, limit: limit) else { throw damaged(path) }
      return data
    }
    if indices.entries[path] == nil {
      let length = shard.shards.indexSize(shard.counts)
      let start = shard.shards.isIndexFirst ? 0 : size - length
      guard let data = bytes(start, length, limit: length),
        let entries = shard.shards.entries(data, shard.counts)
      else { throw damaged(path) }
      // At most 64 MiB of them are kept.
      if indices.entries.count >= max(1, 1 << 26 / length) { indices.entries = [:] }
      indices.entries[path] = entries
    }
    var position = 0
    for (number, count) in zip(index, shard.counts) { position = position * count + number % count }
    guard let entries = indices.entries[path] else { throw damaged(path) }
    let (offset, count) = (entries[2 * position], entries[2 * position + 1])
    if offset == .max, count == .max { return nil }
    guard let offset = Int(exactly: offset), let count = Int(exactly: count),
      let data = bytes(offset, count, limit: limit)
    else { throw damaged(path) }
    return data
  }
}

import Compute
import Foundation

/// Reads and decodes the chunks of an array.
struct ZarrChunkReader: Sendable {
  let array: ZarrArray
  /// The folder of the array.
  let folder: String

  /// The samples of a chunk in this machine's byte order; nil where the chunk is not there, and all
  /// its values are the fill value.
  func read(_ index: [Int]) throws(InputError) -> [UInt8]? {
    let path = path(of: index)
    guard var data = try stored(index, path) else { return nil }
    for step in array.codecs {
      switch step {
      case .checksum:
        guard data.count >= 4 else { throw damaged(path) }
        data.removeLast(4)
      case .decompress(let codec):
        guard let decoded = codec.decode(data, size: array.chunkByteCount) else {
          throw damaged(path)
        }
        data = decoded
      }
    }
    guard data.count == array.chunkByteCount else { throw damaged(path) }
    if array.isBigEndian == (1.littleEndian == 1) {
      data.reverseBytes(ofEach: array.type.bits / 8)
    }
    return data
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
  private func stored(_ index: [Int], _ path: String) throws(InputError) -> [UInt8]? {
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
    func bytes(_ offset: Int, _ count: Int) -> [UInt8]? {
      // Incompressible chunks grow by a little, more is damage.
      guard offset >= 0, count >= 0, offset <= size, count <= size - offset,
        count <= array.chunkByteCount + array.chunkByteCount / 8 + 65_536,
        (try? file.seek(toOffset: UInt64(offset))) != nil
      else { return nil }
      if count == 0 { return [] }
      guard let data = try? file.read(upToCount: count), data.count == count else { return nil }
      return [UInt8](data)
    }
    guard let shard = array.shard else {
      guard let data = bytes(0, size) else { throw damaged(path) }
      return data
    }
    var position = 0
    for (number, count) in zip(index, shard.counts) { position = position * count + number % count }
    let start = (shard.isIndexFirst ? 0 : size - shard.indexSize) + 16 * position
    guard let entry = bytes(start, 16) else { throw damaged(path) }
    func number(_ position: Int) -> UInt64 {
      entry[position..<position + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    if number(0) == .max, number(8) == .max { return nil }
    guard let offset = Int(exactly: number(0)), let count = Int(exactly: number(8)),
      let data = bytes(offset, count)
    else { throw damaged(path) }
    return data
  }
}

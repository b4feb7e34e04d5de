import Foundation

/// What `.zarray` (Zarr 2) or `zarr.json` (Zarr 3) says about an array of numbers.
package struct ZarrArray: Sendable, Hashable {
  /// The lengths of the axes.
  package var shape: [Int]
  /// The lengths of a chunk: the least that is read at once.
  package var chunks: [Int]
  /// What a number is; one byte for Zarr's `bool`.
  package var type: SampleType
  /// How a chunk is stored.
  var codecs = ZarrCodecs()
  /// Between the numbers of a chunk's name.
  package var separator = "/"
  /// Before the numbers of a chunk's name.
  package var prefix = ""
  /// The bytes of a number of chunks that are not there, in this machine's order.
  var fill: [UInt8]
  /// How chunks are packed into one file, nil where each has its own.
  var shard: Shard?

  /// Files that hold several chunks, each of which can be read alone.
  struct Shard: Sendable, Hashable {
    /// Chunks of a file along each axis.
    var counts: [Int]
    var shards: ZarrShards
  }

  /// How many bytes a chunk may have at most: 1 GiB.
  static let largestChunk = 1 << 30

  /// The bytes of a decoded chunk.
  var chunkByteCount: Int { chunks.reduce(type.bits / 8, *) }

  package init(shape: [Int], chunks: [Int], _ type: SampleType) {
    self.shape = shape
    self.chunks = chunks
    self.type = type
    fill = [UInt8](repeating: 0, count: type.bits / 8)
  }

  /// The chunks along an axis.
  func chunkCount(_ axis: Int) -> Int { (shape[axis] - 1) / chunks[axis] + 1 }
}

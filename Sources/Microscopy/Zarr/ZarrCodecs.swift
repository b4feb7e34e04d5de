/// How the numbers of a chunk become the bytes of a file, and back.
package struct ZarrCodecs: Sendable, Hashable {
  /// Which axis of the chunk each stored axis is, from the slowest to the fastest; nil where they
  /// are stored as they are.
  var order: [Int]?
  /// How the numbers are laid down.
  var packing = Packing.numbers(isBigEndian: false)
  /// What becomes of the bytes, from the first step of decoding to the last.
  var steps: [Step] = []

  /// How numbers are laid down as bytes.
  indirect enum Packing: Sendable, Hashable {
    /// One after another.
    case numbers(isBigEndian: Bool)
    /// In smaller chunks with an index of them.
    case shards(ZarrShards)
  }

  /// A step of decoding.
  enum Step: Sendable, Hashable {
    case decompress(ChunkCodec)
    /// Four bytes at the end, which are checked and dropped.
    case checksum
  }

  /// Whether numbers are stored with their most significant byte first.
  var isBigEndian: Bool {
    switch packing {
    case .numbers(let isBigEndian): isBigEndian
    case .shards(let shards): shards.codecs.isBigEndian
    }
  }

  /// The codec that compresses the numbers, the first one met on the way to them.
  var compression: ChunkCodec {
    for case .decompress(let codec) in steps { return codec }
    if case .shards(let shards) = packing { return shards.codecs.compression }
    return .none
  }

  /// How many bytes a chunk of `size` bytes may take in a file: incompressible data grow by a
  /// little, and shards have an index and a header for each of their chunks.
  func largestStoredSize(of size: Int, shape: [Int]) -> Int {
    var limit = size + size / 8 + 65_536
    var (codecs, shape) = (self, shape)
    var count = 1
    while case .shards(let shards) = codecs.packing {
      let counts = zip(codecs.stored(shape), shards.chunks).map { $0 / $1 }
      for length in counts { count = count.multipliedReportingOverflow(by: length).partialValue }
      limit += 96 * max(0, min(count, 1 << 32))
      (codecs, shape) = (shards.codecs, shards.chunks)
    }
    return limit
  }

  /// The lengths of the axes as they are stored.
  func stored(_ shape: [Int]) -> [Int] { order.map { $0.map { shape[$0] } } ?? shape }
}

/// Smaller chunks in one, with an index that says where each of them lies.
package struct ZarrShards: Sendable, Hashable {
  /// The lengths of a chunk inside.
  var chunks: [Int]
  /// How a chunk inside is stored.
  var codecs: ZarrCodecs
  /// How the index is stored: 64-bit integers, two for each chunk.
  var index: ZarrCodecs
  /// Whether the index stands at the start.
  var isIndexFirst: Bool

  /// The most chunks of a shard.
  static let limit = 1 << 22

  /// The size of an index of so many chunks in bytes.
  func indexSize(_ counts: [Int]) -> Int { 16 * counts.reduce(1, *) + 4 * index.steps.count }
}

extension ZarrCodecs {
  /// The numbers of a chunk in this machine's byte order, x fastest; nil where the data are damaged.
  ///
  /// - Parameters:
  ///   - data: The bytes that are stored.
  ///   - shape: The lengths of the chunk's axes.
  ///   - fill: The bytes of a number that is not stored.
  func decode(_ data: [UInt8], shape: [Int], fill: [UInt8]) -> [UInt8]? {
    let size = shape.reduce(fill.count, *)
    let limit = largestStoredSize(of: size, shape: shape)
    var data = data
    for (number, step) in steps.enumerated() {
      switch step {
      case .checksum:
        guard let content = CRC32C.stripped(data) else { return nil }
        data = content
      case .decompress(let codec):
        // Only the last step is known to give the numbers themselves.
        let isLast = number == steps.count - 1 && !isSharded
        guard
          let decoded = isLast
            ? codec.decode(data, size: size) : codec.decode(data, size: size, limit: limit)
        else { return nil }
        data = decoded
      }
    }
    let stored = stored(shape)
    switch packing {
    case .numbers(let isBigEndian):
      guard data.count == size else { return nil }
      if isBigEndian == (1.littleEndian == 1) { data.reverseBytes(ofEach: fill.count) }
    case .shards(let shards):
      guard let numbers = shards.decode(data, shape: stored, fill: fill) else { return nil }
      data = numbers
    }
    return order.map { Self.reordered(data, stored: stored, order: $0, size: fill.count) } ?? data
  }

  /// Whether numbers lie in smaller chunks.
  var isSharded: Bool {
    if case .shards = packing { true } else { false }
  }

  /// Numbers of `size` bytes whose axes were stored in another order, in their own.
  private static func reordered(
    _ data: [UInt8], stored: [Int], order: [Int], size: Int
  ) -> [UInt8] {
    // The lengths of the axes, and the distance of neighbors along each in the stored bytes.
    var shape = [Int](repeating: 1, count: order.count)
    var strides = shape
    var stride = size
    for (position, axis) in order.enumerated().reversed() {
      shape[axis] = stored[position]
      strides[axis] = stride
      stride *= stored[position]
    }
    var result: [UInt8] = []
    result.reserveCapacity(data.count)
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    while result.count < data.count {
      result += data[source..<source + size]
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= shape[axis] * strides[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return result
  }
}

extension ZarrShards {
  /// Where the chunks of a shard lie: an offset and a number of bytes for each, both `UInt64.max`
  /// where it is not there; nil if the index is damaged.
  func entries(_ data: [UInt8], _ counts: [Int]) -> [UInt64]? {
    let zero = [UInt8](repeating: 0, count: 8)
    guard let bytes = index.decode(data, shape: counts + [2], fill: zero) else { return nil }
    var entries: [UInt64] = []
    entries.reserveCapacity(bytes.count / 8)
    bytes.forEachBits { entries.append($0) }
    return entries
  }

  /// The numbers of a whole shard, chunks that are not there filled; nil where it is damaged.
  fileprivate func decode(_ data: [UInt8], shape: [Int], fill: [UInt8]) -> [UInt8]? {
    let size = fill.count
    let counts = zip(shape, chunks).map { $0 / $1 }
    let indexSize = indexSize(counts)
    guard data.count >= indexSize,
      let entries = entries(
        Array(isIndexFirst ? data.prefix(indexSize) : data.suffix(indexSize)), counts)
    else { return nil }
    var result: [UInt8] = []
    let total = shape.reduce(1, *)
    result.reserveCapacity(total * size)
    for _ in 0..<total { result += fill }
    let row = (chunks.last ?? 1) * size
    for number in 0..<entries.count / 2 {
      let (offset, count) = (entries[2 * number], entries[2 * number + 1])
      if offset == .max, count == .max { continue }
      guard let start = Int(exactly: offset), let count = Int(exactly: count),
        start <= data.count, count <= data.count - start,
        let chunk = codecs.decode(Array(data[start..<start + count]), shape: chunks, fill: fill)
      else { return nil }
      // The first number of each row of the chunk.
      var rest = number
      var corner = [Int](repeating: 0, count: shape.count)
      for axis in shape.indices.reversed() {
        corner[axis] = rest % counts[axis] * chunks[axis]
        rest /= counts[axis]
      }
      for start in stride(from: 0, to: chunk.count, by: row) {
        var rest = start / row
        var target = 0
        var stride = size
        for axis in shape.indices.reversed() {
          var position = corner[axis]
          if axis < shape.count - 1 {
            position += rest % chunks[axis]
            rest /= chunks[axis]
          }
          target += position * stride
          stride *= shape[axis]
        }
        result.replaceSubrange(target..<target + row, with: chunk[start..<start + row])
      }
    }
    return result
  }
}

extension ZarrCodecs {
  /// Reads the codecs of Zarr 3, which stand in the order of encoding: those that rearrange axes,
  /// one that lays down numbers as bytes, and those that change bytes.
  ///
  /// - Parameters:
  ///   - list: The codecs.
  ///   - shape: The lengths of a chunk.
  ///   - depth: How many shards this lies in.
  init(
    _ list: [(name: String, configuration: JSONObject?)]?, shape: [Int], _ path: String,
    depth: Int = 0
  ) throws(InputError) {
    self.init()
    guard let list, list.count <= 32 else { throw InputError(path, "does not list its codecs") }
    guard depth <= 4 else { throw InputError(path, "has shards inside of shards, too many levels") }
    var isPacked = false
    for (name, configuration) in list {
      switch name {
      case "transpose":
        guard !isPacked else { throw Self.orderError(path, name) }
        let next = try Self.transposition(configuration, rank: shape.count, path)
        order = order.map { order in next.map { order[$0] } } ?? next
      case "bytes", "endian":
        guard !isPacked else { throw Self.orderError(path, name) }
        isPacked = true
        let endian = configuration?.text("endian") ?? "little"
        guard endian == "little" || endian == "big" else {
          throw InputError(path, "has numbers in the byte order '\(endian.prefix(40))'")
        }
        packing = .numbers(isBigEndian: endian == "big")
      case "sharding_indexed":
        guard !isPacked else { throw Self.orderError(path, name) }
        isPacked = true
        packing = .shards(
          try ZarrShards(configuration, shape: stored(shape), path, depth: depth + 1))
      case "crc32c":
        guard isPacked else { throw Self.orderError(path, name) }
        steps.insert(.checksum, at: 0)
      default:
        let codec = try ChunkCodec(named: name, path)
        guard isPacked else { throw Self.orderError(path, name) }
        steps.insert(.decompress(codec), at: 0)
      }
    }
    if order == Array(shape.indices) { order = nil }
    guard isPacked else {
      throw InputError(path, "does not say how numbers become bytes (no codec 'bytes')")
    }
  }

  private static func orderError(_ path: String, _ name: String) -> InputError {
    InputError(
      path,
      "expected codecs that rearrange axes, then one that makes bytes, then those of bytes; found "
        + "'\(name.prefix(40))' out of this order")
  }

  private static func transposition(
    _ configuration: JSONObject?, rank: Int, _ path: String
  ) throws(InputError) -> [Int] {
    // Drafts of Zarr 3 wrote the orders of NumPy.
    switch configuration?.text("order") {
    case "C": return Array(0..<rank)
    case "F": return Array((0..<rank).reversed())
    default: break
    }
    guard let order = configuration?.integers("order"), order.sorted() == Array(0..<rank) else {
      throw InputError(path, "stores its axes in an order that is not one of its \(rank) axes")
    }
    return order
  }
}

extension ZarrShards {
  fileprivate init(
    _ configuration: JSONObject?, shape: [Int], _ path: String, depth: Int
  ) throws(InputError) {
    guard let configuration, let inner = configuration.integers("chunk_shape"),
      inner.count == shape.count, inner.allSatisfy({ $0 > 0 }), shape.allSatisfy({ $0 > 0 }),
      zip(shape, inner).allSatisfy({ $0.isMultiple(of: $1) })
    else { throw InputError(path, "has shards that its chunks do not fill") }
    let counts = zip(shape, inner).map { $0 / $1 }
    var count = 1
    for length in counts {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, product <= Self.limit else {
        throw InputError(path, "has shards of too many chunks; rewrite it with smaller ones")
      }
      count = product
    }
    chunks = inner
    codecs = try ZarrCodecs(configuration.allNamed("codecs"), shape: inner, path, depth: depth)
    index = try ZarrCodecs(
      configuration.allNamed("index_codecs"), shape: counts + [2], path, depth: depth)
    guard !index.isSharded, index.steps.allSatisfy({ $0 == .checksum }) else {
      throw InputError(path, "compresses the index of its shards; rewrite it with simple chunks")
    }
    switch configuration.text("index_location") ?? "end" {
    case "start": isIndexFirst = true
    case "end": isIndexFirst = false
    case let other:
      throw InputError(path, "has the index of its shards at '\(other.prefix(40))'")
    }
  }
}

extension ChunkCodec {
  /// The codec of a name of Zarr 2 or 3; numcodecs gives its own a prefix in Zarr 3.
  init(named name: String?, _ path: String) throws(InputError) {
    let prefix = "numcodecs."
    let short = name.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }
    guard let short, let codec = ChunkCodec(rawValue: short), codec != .none else {
      throw InputError(
        path,
        "expected chunks compressed by blosc, zstd, zlib, gzip or lz4, found "
          + "'\((name ?? "none").prefix(40))'; rewrite it with one of them")
    }
    self = codec
  }
}

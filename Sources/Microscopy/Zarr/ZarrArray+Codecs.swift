extension ZarrArray {
  /// Reads the codecs of Zarr 3, which stand in the order of encoding.
  mutating func read(codecs steps: [JSONObject], _ path: String) throws(InputError) {
    var decoding: [Step] = []
    for step in steps {
      let configuration = step.object("configuration")
      switch step.text("name") {
      case "transpose":
        // The order of NumPy's C arrays changes nothing.
        guard configuration?.integers("order") == Array(shape.indices) else {
          throw InputError(path, "stores its axes in another order; rewrite it without transposing")
        }
      case "bytes": isBigEndian = configuration?.text("endian") == "big"
      case "crc32c": decoding.insert(.checksum, at: 0)
      case "sharding_indexed":
        guard shard == nil, steps.count == 1, let configuration else {
          throw InputError(path, "wraps shards in other codecs; rewrite it with simple chunks")
        }
        try read(shards: configuration, path)
        return
      case let name:
        decoding.insert(.decompress(try Self.codec(name, path)), at: 0)
      }
    }
    codecs = decoding
  }

  /// Reads how chunks are packed into files; ``chunks`` are the inner ones then.
  private mutating func read(shards: JSONObject, _ path: String) throws(InputError) {
    guard let inner = shards.integers("chunk_shape"), inner.count == chunks.count,
      inner.allSatisfy({ $0 > 0 }), chunks.allSatisfy({ $0 > 0 }),
      zip(chunks, inner).allSatisfy({ $0.isMultiple(of: $1) && $0 / $1 < 1 << 24 })
    else { throw InputError(path, "has shards that its chunks do not fill") }
    var shard = Shard(counts: zip(chunks, inner).map { $0 / $1 })
    shard.isIndexFirst = shards.text("index_location") == "start"
    let index = (shards.objects("index_codecs") ?? []).compactMap { $0.text("name") }
    guard Set(index).isSubset(of: ["bytes", "crc32c"]) else {
      throw InputError(path, "compresses the index of its shards; rewrite it with simple chunks")
    }
    shard.hasChecksum = index.contains("crc32c")
    chunks = inner
    self.shard = shard
    let isNested = (shards.objects("codecs") ?? []).contains {
      $0.text("name") == "sharding_indexed"
    }
    guard !isNested else {
      throw InputError(path, "has shards inside of shards; rewrite it with simple chunks")
    }
    try read(codecs: shards.objects("codecs") ?? [], path)
  }

  /// Throws where sizes are impossible or absurd, before memory is taken.
  func check(_ path: String) throws(InputError) {
    guard (2...5).contains(shape.count), shape.count == chunks.count else {
      throw InputError(
        path,
        "expected 2 to 5 axes and as many lengths of chunks, found \(shape.count) and "
          + "\(chunks.count)")
    }
    guard shape.allSatisfy({ $0 > 0 && $0 <= 1 << 40 }), chunks.allSatisfy({ $0 > 0 }) else {
      throw InputError(path, "has axes or chunks of impossible lengths, \(shape) and \(chunks)")
    }
    var size = type.bits / 8
    for length in chunks {
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      guard !overflow, product <= Self.largestChunk else {
        throw InputError(
          path, "has chunks above \(Self.largestChunk >> 20) MiB; rewrite it with smaller ones")
      }
      size = product
    }
    if let shard {
      var count = 1
      for length in shard.counts {
        let (product, overflow) = count.multipliedReportingOverflow(by: length)
        guard !overflow, product <= 1 << 22 else {
          throw InputError(path, "has shards of too many chunks; rewrite it with smaller ones")
        }
        count = product
      }
    }
    guard separator == "/" || separator == "." else {
      throw InputError(path, "separates the numbers of chunks by '\(separator.prefix(8))'")
    }
  }
}

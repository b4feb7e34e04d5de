import Foundation

/// What `.zarray` (Zarr 2) or `zarr.json` (Zarr 3) says about an array of numbers.
package struct ZarrArray: Sendable, Hashable {
  /// The lengths of the axes.
  package var shape: [Int]
  /// The lengths of a chunk.
  package var chunks: [Int]
  /// What a number is; one byte for Zarr's `bool`.
  package var type: SampleType
  package var isBigEndian = false
  /// What becomes of a chunk's bytes, from the first step of decoding to the last.
  package var codecs: [Step] = []
  /// Between the numbers of a chunk's name.
  package var separator = "/"
  /// Before the numbers of a chunk's name.
  package var prefix = ""
  /// The value of chunks that are not there.
  package var fill: Double = 0
  /// How chunks are packed into one file, nil where each has its own.
  package var shard: Shard?

  /// A step of decoding a chunk.
  package enum Step: Sendable, Hashable {
    case decompress(ChunkCodec)
    /// Four bytes at the end, which are dropped.
    case checksum
  }

  /// Files that hold several chunks and an index of them.
  package struct Shard: Sendable, Hashable {
    /// Chunks of a file along each axis.
    package var counts: [Int]
    /// Whether the index stands at the start.
    package var isIndexFirst = false
    /// Whether four bytes of checksum follow the index.
    package var hasChecksum = false

    /// The size of the index in bytes.
    package var indexSize: Int { 16 * counts.reduce(1, *) + (hasChecksum ? 4 : 0) }
  }

  /// How many bytes a chunk may have at most: 1 GiB.
  static let largestChunk = 1 << 30

  /// The bytes of a decoded chunk.
  var chunkByteCount: Int { chunks.reduce(type.bits / 8, *) }

  /// Parses `.zarray`; the error says what Morula does not read.
  package init(v2 data: Data, path: String) throws(InputError) {
    let json = try Self.object(data, path)
    guard json.integer("zarr_format") == 2 else {
      throw InputError(path, "is not a description of a Zarr 2 array (zarr_format 2)")
    }
    let name = json.text("dtype") ?? "none"
    guard let first = name.first, "<>|".contains(first),
      let type = Self.types[String(name.dropFirst())]
    else { throw Self.typeError(path, name) }
    self.init(shape: json.integers("shape") ?? [], chunks: json.integers("chunks") ?? [], type)
    isBigEndian = first == ">"
    guard json.text("order") ?? "C" == "C" else {
      throw InputError(path, "stores columns first (order F); rewrite it with order C")
    }
    if let filters = json.list("filters"), !filters.isEmpty {
      throw InputError(path, "uses filters, which Morula does not read; rewrite it without")
    }
    separator = json.text("dimension_separator") ?? "."
    if let compressor = json.object("compressor") {
      codecs = [.decompress(try Self.codec(compressor.text("id"), path))]
    }
    fill = Self.fill(json["fill_value"])
    try check(path)
  }

  /// Parses the `zarr.json` of an array; the error says what Morula does not read.
  package init(v3 data: Data, path: String) throws(InputError) {
    let json = try Self.object(data, path)
    guard json.integer("zarr_format") == 3, json.text("node_type") == "array" else {
      throw InputError(
        path, "is not a description of a Zarr 3 array (zarr_format 3, node_type array)")
    }
    let name = json.text("data_type") ?? "none"
    guard let type = name == "bool" ? .uint8 : SampleType(rawValue: name), type == type.unpacked
    else { throw Self.typeError(path, name) }
    let grid = json.object("chunk_grid")
    guard grid?.text("name") == "regular" else {
      throw InputError(path, "has chunks of different sizes; rewrite it with a regular grid")
    }
    self.init(
      shape: json.integers("shape") ?? [],
      chunks: grid?.object("configuration")?.integers("chunk_shape") ?? [], type)
    let encoding = json.object("chunk_key_encoding")
    let isDefault = encoding?.text("name") ?? "default" == "default"
    separator = encoding?.object("configuration")?.text("separator") ?? (isDefault ? "/" : ".")
    prefix = isDefault ? "c" + separator : ""
    fill = Self.fill(json["fill_value"])
    guard let steps = json.objects("codecs") else {
      throw InputError(path, "does not list its codecs")
    }
    try read(codecs: steps, path)
    try check(path)
  }

  package init(shape: [Int], chunks: [Int], _ type: SampleType) {
    self.shape = shape
    self.chunks = chunks
    self.type = type
  }

  private static let types: [String: SampleType] = [
    "b1": .uint8, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32,
    "i4": .int32, "u8": .uint64, "i8": .int64, "f2": .float16, "f4": .float32, "f8": .float64,
  ]

  private static func object(_ data: Data, _ path: String) throws(InputError) -> JSONObject {
    // NaN and infinite fill values stand in Zarr 2 files of old programs as bare words.
    guard let object = JSONObject(data) else { throw InputError(path, "is not a JSON object") }
    return object
  }

  private static func typeError(_ path: String, _ name: String) -> InputError {
    InputError(
      path,
      "expected numbers such as uint16 or float32, found the type '\(name.prefix(40))'; convert them"
    )
  }

  static func codec(_ name: String?, _ path: String) throws(InputError) -> ChunkCodec {
    guard let name, let codec = ChunkCodec(rawValue: name), codec != .none else {
      throw InputError(
        path,
        "expected chunks compressed by blosc, zstd, zlib or gzip, found "
          + "'\((name ?? "none").prefix(40))'; rewrite it with one of them")
    }
    return codec
  }

  /// A fill value; NaN and infinities stand as text.
  private static func fill(_ value: Any?) -> Double {
    switch value {
    case let number as NSNumber: number.doubleValue
    case let text as String:
      ["NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity][text] ?? Double(text) ?? 0
    default: 0
    }
  }
}

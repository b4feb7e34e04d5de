import Foundation

extension ZarrArray {
  /// Parses `.zarray`; the error says what Morula does not read.
  package init(v2 data: Data, path: String) throws(InputError) {
    let json = try Self.object(data, path)
    guard json.integer("zarr_format") == 2 else {
      throw InputError(path, "is not a description of a Zarr 2 array (zarr_format 2)")
    }
    let name = json.text("dtype") ?? (json["dtype"] == nil ? "none" : "structured")
    guard let first = name.first, "<>|".contains(first),
      let type = Self.types[String(name.dropFirst())]
    else { throw Self.typeError(path, name) }
    self.init(shape: json.integers("shape") ?? [], chunks: json.integers("chunks") ?? [], type)
    try check(path)
    codecs.packing = .numbers(isBigEndian: first == ">")
    switch json.text("order") ?? "C" {
    case "C": break
    case "F": codecs.order = Array(shape.indices.reversed())
    case let order:
      throw InputError(path, "expected numbers in order C or F, found '\(order.prefix(40))'")
    }
    if let filter = (json.list("filters") as? [[String: Any]])?.first
      ?? (json["filters"].map { _ in [:] }),
      json.list("filters")?.isEmpty != true
    {
      let name = JSONObject(filter).text("id") ?? "?"
      throw InputError(
        path, "uses the filter '\(name.prefix(40))', which Morula does not read; rewrite it without"
      )
    }
    separator = json.text("dimension_separator") ?? "."
    if let compressor = json.object("compressor") {
      codecs.steps = [.decompress(try ChunkCodec(named: compressor.text("id"), path))]
    }
    try read(fill: json["fill_value"], isVersion3: false, path)
    try checkNames(path)
  }

  /// Parses the `zarr.json` of an array; the error says what Morula does not read.
  package init(v3 data: Data, path: String) throws(InputError) {
    let json = try Self.object(data, path)
    guard json.integer("zarr_format") == 3, json.text("node_type") == "array" else {
      throw InputError(
        path, "is not a description of a Zarr 3 array (zarr_format 3, node_type array)")
    }
    let name = json.named("data_type")?.name ?? "none"
    guard let type = name == "bool" ? .uint8 : SampleType(rawValue: name), type == type.unpacked
    else { throw Self.typeError(path, name) }
    let grid = json.named("chunk_grid")
    guard grid?.name == "regular" else {
      throw InputError(path, "has chunks of different sizes; rewrite it with a regular grid")
    }
    self.init(
      shape: json.integers("shape") ?? [],
      chunks: grid?.configuration?.integers("chunk_shape") ?? [], type)
    try checkExtensions(json, path)
    let encoding = json.named("chunk_key_encoding") ?? ("default", nil)
    switch encoding.name {
    case "default":
      separator = encoding.configuration?.text("separator") ?? "/"
      prefix = "c" + separator
    case "v2": separator = encoding.configuration?.text("separator") ?? "."
    default:
      throw InputError(
        path,
        "names its chunks by '\(encoding.name.prefix(40))', which Morula does not read; rewrite it "
          + "with the default")
    }
    try checkNames(path)
    let whole = try ZarrCodecs(json.allNamed("codecs"), shape: chunks, path)
    // Chunks of plain shards are read one by one, and only those that are needed.
    if case .shards(let shards) = whole.packing, whole.order == nil, whole.steps.isEmpty {
      shard = Shard(counts: zip(chunks, shards.chunks).map { $0 / $1 }, shards: shards)
      chunks = shards.chunks
      codecs = shards.codecs
    } else {
      codecs = whole
    }
    try check(path)
    try read(fill: json["fill_value"], isVersion3: true, path)
  }

  private static let types: [String: SampleType] = [
    "b1": .uint8, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32,
    "i4": .int32, "u8": .uint64, "i8": .int64, "f2": .float16, "f4": .float32, "f8": .float64,
  ]

  private static func object(_ data: Data, _ path: String) throws(InputError) -> JSONObject {
    guard let object = JSONObject(data) else { throw InputError(path, "is not a JSON object") }
    return object
  }

  private static func typeError(_ path: String, _ name: String) -> InputError {
    InputError(
      path,
      "expected numbers such as uint16 or float32, found the type '\(name.prefix(40))'; convert them"
    )
  }

  private mutating func read(
    fill value: Any?, isVersion3: Bool, _ path: String
  ) throws(InputError) {
    guard let fill = ZarrFill.bytes(of: value, type, isVersion3: isVersion3) else {
      throw InputError(
        path, "expected a fill value of \(type), found \("\(value ?? "none")".prefix(40))")
    }
    self.fill = fill
  }

  /// Throws where Zarr 3 says more about the array than Morula understands.
  private func checkExtensions(_ json: JSONObject, _ path: String) throws(InputError) {
    if let transformer = json.list("storage_transformers")?.first {
      let name = JSONObject(["it": transformer]).named("it")?.name ?? "?"
      throw InputError(
        path, "is stored through '\(name.prefix(40))', which Morula does not read")
    }
    let known: Set = [
      "zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding",
      "fill_value", "codecs", "attributes", "dimension_names", "storage_transformers",
    ]
    for key in json.values.keys.sorted() where !known.contains(key) {
      guard let value = json.object(key) else { continue }
      if value["must_understand"] as? Bool != false {
        throw InputError(path, "uses the extension '\(key.prefix(40))', which Morula does not read")
      }
    }
  }

  private func checkNames(_ path: String) throws(InputError) {
    guard separator == "/" || separator == "." else {
      throw InputError(path, "separates the numbers of chunks by '\(separator.prefix(8))'")
    }
  }

  /// Throws where sizes are impossible or absurd, before memory is taken.
  private func check(_ path: String) throws(InputError) {
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
  }
}

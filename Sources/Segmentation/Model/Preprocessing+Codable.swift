import Microscopy

/// JSON of weights files, with the words and forms of a configuration's section `preprocessing`.
///
/// | key | value |
/// |---|---|
/// | `scaling` | `min_max`, `percentile`, `robust` or `none` |
/// | `percentiles` | `[lower, upper]`, with `percentile` alone |
/// | `bright_volume` | µm³, with `robust` alone |
/// | `voxel` | `isotropic`, `native`, an edge or `[x, y, z]` in µm |
/// | `size` | an edge or `[z, y, x]` in voxels; may be absent |
extension Preprocessing: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case scaling, percentiles
    case brightVolume = "bright_volume"
    case voxel, size
  }

  /// Any key, known or unknown.
  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads the section and checks it like that of a configuration file.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: AnyKey.self).allKeys
    if let unknown = keys.filter({ CodingKeys(stringValue: $0.stringValue) == nil })
      .min(by: { $0.stringValue < $1.stringValue })
    {
      throw Self.corrupted(decoder, unknown, "the key is unknown")
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func require(_ isRight: Bool, _ key: CodingKeys, _ problem: String) throws {
      if !isRight { throw Self.corrupted(decoder, key, problem) }
    }

    self.init()
    scaling = try values.decodeIfPresent(Scaling.self, forKey: .scaling) ?? scaling
    if let bounds = try values.decodeIfPresent([Double].self, forKey: .percentiles) {
      try require(
        scaling == .percentile, .percentiles, "scaling is \(scaling.rawValue), not percentile")
      try require(
        bounds.count == 2 && bounds.allSatisfy((0...100).contains) && bounds[0] < bounds[1],
        .percentiles, "a lower and an upper percentile are expected, from 0 to 100")
      percentiles = bounds[0]...bounds[1]
    }
    if let volume = try values.decodeIfPresent(Double.self, forKey: .brightVolume) {
      try require(
        scaling == .robust, .brightVolume, "scaling is \(scaling.rawValue), not robust")
      try require(volume > 0, .brightVolume, "a volume above 0 is expected")
      brightVolume = volume
    }
    if let word = try? values.decodeIfPresent(String.self, forKey: .voxel) {
      try require(
        ["isotropic", "native"].contains(word), .voxel,
        "isotropic, native, an edge in µm or [x, y, z] in µm are expected")
      grid = word == "native" ? .native : .isotropic
    } else if let edges: [Double] = try Self.edges(values, .voxel) {
      try require(edges.count == 3 && edges.allSatisfy { $0 > 0 }, .voxel, "edges are above 0")
      grid = .size(VoxelSize(x: edges[0], y: edges[1], z: edges[2]))
    }
    if let edges: [Int] = try Self.edges(values, .size) {
      try require(
        edges.count == 3 && edges.allSatisfy((1...4096).contains), .size,
        "edges are from 1 to 4096 voxels")
      size = Extent(depth: edges[0], height: edges[1], width: edges[2])
    }
  }

  /// One edge, three times, or a list of edges; nil if the key is absent.
  private static func edges<Number: Decodable>(
    _ values: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
  ) throws -> [Number]? {
    if let edge = try? values.decodeIfPresent(Number.self, forKey: key) {
      return [edge, edge, edge]
    }
    return try values.decodeIfPresent([Number].self, forKey: key)
  }

  private static func corrupted(
    _ decoder: any Decoder, _ key: any CodingKey, _ problem: String
  ) -> DecodingError {
    .dataCorrupted(.init(codingPath: decoder.codingPath + [key], debugDescription: problem))
  }

  /// Writes the keys that apply.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(scaling, forKey: .scaling)
    switch scaling {
    case .percentile:
      try values.encode([percentiles.lowerBound, percentiles.upperBound], forKey: .percentiles)
    case .robust: try values.encode(brightVolume, forKey: .brightVolume)
    case .minMax, .none: break
    }
    switch grid {
    case .isotropic: try values.encode("isotropic", forKey: .voxel)
    case .native: try values.encode("native", forKey: .voxel)
    case .size(let size): try values.encode([size.x, size.y, size.z], forKey: .voxel)
    }
    if let size { try values.encode([size.depth, size.height, size.width], forKey: .size) }
  }
}

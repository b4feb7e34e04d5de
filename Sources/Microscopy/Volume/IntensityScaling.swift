/// How intensities are brought to a common range before a network sees them.
///
/// Every method is affine and computed per volume, so results do not depend on a microscope's
/// offset and gain. Encoded as `{"method": "minMax"}`, `{"method": "none"}` or
/// `{"method": "percentile", "low": 1, "high": 99.8, "clamped": true}`.
public enum IntensityScaling: Hashable, Sendable {
  /// I' = (I − min)/(max − min), as published (Tokuoka et al. 2020).
  case minMax
  /// I' = (I − P_low)/(P_high − P_low), percentiles in 0…100 interpolated linearly between order
  /// statistics (NumPy's default); `clamped` limits I' to 0…1.
  case percentile(low: Double, high: Double, clamped: Bool)
  /// I' = I.
  case none
}

extension IntensityScaling: Codable {
  private enum Key: String, CodingKey { case method, low, high, clamped }
  private enum Method: String, Codable { case minMax, percentile, none }

  /// Reads `method` and, for `percentile`, `low`, `high` and the optional `clamped` (false).
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(Method.self, forKey: .method) {
    case .minMax: self = .minMax
    case .none: self = .none
    case .percentile:
      self = .percentile(
        low: try container.decode(Double.self, forKey: .low),
        high: try container.decode(Double.self, forKey: .high),
        clamped: try container.decodeIfPresent(Bool.self, forKey: .clamped) ?? false)
    }
  }

  /// Writes the method and its numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .minMax: try container.encode(Method.minMax, forKey: .method)
    case .none: try container.encode(Method.none, forKey: .method)
    case .percentile(let low, let high, let clamped):
      try container.encode(Method.percentile, forKey: .method)
      try container.encode(low, forKey: .low)
      try container.encode(high, forKey: .high)
      try container.encode(clamped, forKey: .clamped)
    }
  }
}

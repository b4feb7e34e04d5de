/// A bin of volumes by their number of true nuclei: 5 to 8, or 33 and more.
public struct Stage: Hashable, Sendable, CustomStringConvertible {
  /// The fewest nuclei.
  public let fewest: Int
  /// The largest number of nuclei; nil if there is no limit.
  public let limit: Int?

  /// A bin of `fewest` to `limit` nuclei, without a limit if that is nil.
  public init(fewest: Int, limit: Int?) {
    precondition(fewest >= 0, "a number of nuclei is not negative: \(fewest)")
    precondition(limit.map { $0 >= fewest } ?? true, "a bin ends after it begins")
    self.fewest = fewest
    self.limit = limit
  }

  /// Reads `5-8`, `33-` or `1`; nil where the text is none of them.
  public init?(text: String) {
    let bounds = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = bounds.first, let fewest = Int(first), fewest >= 0 else { return nil }
    if bounds.count == 1 {
      self.init(fewest: fewest, limit: fewest)
    } else if bounds[1].isEmpty {
      self.init(fewest: fewest, limit: nil)
    } else {
      guard let limit = Int(bounds[1]), limit >= fewest else { return nil }
      self.init(fewest: fewest, limit: limit)
    }
  }

  /// The bins of preimplantation development: 1–2, 3–4, 5–8, 9–16, 17–32, 33 and more nuclei.
  public static let standard = [
    Stage(fewest: 1, limit: 2), Stage(fewest: 3, limit: 4), Stage(fewest: 5, limit: 8),
    Stage(fewest: 9, limit: 16), Stage(fewest: 17, limit: 32), Stage(fewest: 33, limit: nil),
  ]

  /// Whether a number of nuclei belongs here.
  public func contains(_ count: Int) -> Bool {
    count >= fewest && limit.map { count <= $0 } ?? true
  }

  /// Whether some number of nuclei belongs to both.
  public func overlaps(_ other: Stage) -> Bool {
    contains(other.fewest) || other.contains(fewest)
  }

  /// As `5-8`, `33-` or `1`.
  public var description: String {
    guard let limit else { return "\(fewest)-" }
    return limit == fewest ? "\(fewest)" : "\(fewest)-\(limit)"
  }
}

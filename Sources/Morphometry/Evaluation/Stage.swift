/// A bin of volumes by their number of true nuclei: 5 to 8, or 33 and more.
public struct Stage: Hashable, Sendable, CustomStringConvertible {
  /// The fewest nuclei.
  public let fewest: Int
  /// The most nuclei, nil where there is no limit.
  public let most: Int?

  /// A bin of `fewest` to `most` nuclei; `most` nil: without a limit.
  public init(fewest: Int, most: Int?) {
    precondition(fewest >= 0, "a number of nuclei is not negative: \(fewest)")
    precondition(most.map { $0 >= fewest } ?? true, "a bin ends after it begins")
    self.fewest = fewest
    self.most = most
  }

  /// Reads `5-8`, `33-` or `1`; nil where the text is none of them.
  public init?(text: String) {
    let bounds = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = bounds.first, let fewest = Int(first), fewest >= 0 else { return nil }
    if bounds.count == 1 {
      self.init(fewest: fewest, most: fewest)
    } else if bounds[1].isEmpty {
      self.init(fewest: fewest, most: nil)
    } else {
      guard let most = Int(bounds[1]), most >= fewest else { return nil }
      self.init(fewest: fewest, most: most)
    }
  }

  /// The bins of preimplantation development: 1–2, 3–4, 5–8, 9–16, 17–32, 33 and more nuclei.
  public static let standard = [
    Stage(fewest: 1, most: 2), Stage(fewest: 3, most: 4), Stage(fewest: 5, most: 8),
    Stage(fewest: 9, most: 16), Stage(fewest: 17, most: 32), Stage(fewest: 33, most: nil),
  ]

  /// Whether a number of nuclei belongs here.
  public func contains(_ count: Int) -> Bool {
    count >= fewest && most.map { count <= $0 } ?? true
  }

  /// Whether some number of nuclei belongs to both.
  public func overlaps(_ other: Stage) -> Bool {
    contains(other.fewest) || other.contains(fewest)
  }

  /// As `5-8`, `33-` or `1`.
  public var description: String {
    guard let most else { return "\(fewest)-" }
    return most == fewest ? "\(fewest)" : "\(fewest)-\(most)"
  }
}

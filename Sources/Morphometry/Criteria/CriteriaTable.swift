/// One row per frame of a series: `criteria.csv` and `criteria_v2.csv`.
///
/// The columns are those of the original QCANet's and of the laboratory's later programs (NVAN,
/// FL2-Net), character for character, so that their plots read the files. The quantities differ
/// where the originals erred: volumes are in µm³ and centroids in µm, and areas are true ones in
/// µm² (the originals count eroded voxels and multiply them by the *volume* of a voxel). A frame
/// without nuclei has number 0, sums 0, empty lists and empty cells for what is not defined.
public struct CriteriaTable: Hashable, Sendable {
  /// The two sets of columns.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// QCANet's.
    case original = "criteria.csv"
    /// NVAN's and FL2-Net's.
    case later = "criteria_v2.csv"

    /// The name of the file.
    public var fileName: String { rawValue }
  }

  /// Which columns the table has.
  public let kind: Kind
  /// The rows so far.
  public private(set) var table: Table

  /// A table without rows.
  public init(_ kind: Kind) {
    self.kind = kind
    table = Table(columns: kind == .original ? Self.originalColumns : Self.laterColumns)
  }

  /// Appends a frame; time points count from 1, as in the originals.
  public mutating func append(_ criteria: FrameCriteria, timePoint: Int) {
    switch kind {
    case .original: table.append(Self.original(criteria, timePoint))
    case .later: table.append(Self.later(criteria, timePoint))
    }
  }

  /// Writes the table as CSV; the file appears whole or not at all.
  public func write(to path: String) throws { try table.write(to: path) }
}

extension CriteriaTable {
  private static let originalColumns = [
    "time point", "Count", "Sum Volume", "Mean Volume", "SD Volume", "Sum Area", "Mean Area",
    "SD Area", "Centroid_x", "Centroid_y", "Centroid_z",
  ]

  private static let laterColumns = [
    "time_point", "number", "volume_sum", "volume_mean", "volume_sd", "surface_sum",
    "surface_mean", "surface_sd", "aspect_ratio_mean", "aspect_ratio_sd", "solidity_mean",
    "solidity_sd", "centroid_mean", "centroid_sd",
  ]

  private static func original(_ criteria: FrameCriteria, _ timePoint: Int) -> [Table.Value] {
    var row: [Table.Value] = [.integer(timePoint), .integer(criteria.count)]
    row += all(criteria.volume)
    row += all(criteria.surface)
    row.append(list(criteria.centroids.map(\.x)))
    row.append(list(criteria.centroids.map(\.y)))
    row.append(list(criteria.centroids.map(\.z)))
    return row
  }

  private static func later(_ criteria: FrameCriteria, _ timePoint: Int) -> [Table.Value] {
    var row: [Table.Value] = [.integer(timePoint), .integer(criteria.count)]
    row += all(criteria.volume)
    row += all(criteria.surface)
    row += spread(criteria.aspectRatio)
    row += spread(criteria.solidity)
    row += spread(criteria.distanceFromMiddle)
    return row
  }

  private static func all(_ moments: Moments) -> [Table.Value] {
    [.number(moments.sum)] + spread(moments)
  }

  private static func spread(_ moments: Moments) -> [Table.Value] {
    [Table.Value(moments.mean), Table.Value(moments.standardDeviation)]
  }

  /// As Python prints a list: `[1.5, 2.0]`.
  private static func list(_ numbers: [Double]) -> Table.Value {
    .text("[" + numbers.map { "\($0)" }.joined(separator: ", ") + "]")
  }
}

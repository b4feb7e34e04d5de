import Microscopy

/// One row per nucleus and frame: `nuclei.csv`.
///
/// Columns are named as scikit-image's `regionprops_table` names them where it has the quantity,
/// and carry their unit where it has not; docs/measurements.md lists them. Frames are appended one
/// at a time, so a series needs no more than one volume in memory.
public struct NucleiTable: Hashable, Sendable {
  /// Whether there are columns of intensities.
  public let hasIntensity: Bool
  /// The names of columns that the caller fills, after all others.
  public let extraColumns: [String]
  /// The rows so far.
  public private(set) var table: Table

  /// A table without rows.
  ///
  /// - Parameters:
  ///   - hasIntensity: whether raw images are measured; without, there are no intensity columns.
  ///   - extraColumns: names of the caller's own columns, for example `without_center`.
  public init(hasIntensity: Bool, extraColumns: [String] = []) {
    self.hasIntensity = hasIntensity
    self.extraColumns = extraColumns
    table = Table(
      columns: Self.frameColumns + Self.shapeColumns
        + (hasIntensity ? Self.intensityColumns : []) + extraColumns)
  }

  /// Appends the nuclei of one frame, ordered by label.
  ///
  /// - Parameters:
  ///   - measurements: the frame's.
  ///   - series: the name of its series.
  ///   - frame: its time number: that of its name, or its index in a hyperstack, counted from 1.
  ///   - time: its time in seconds from the first frame, nil where the interval is unknown.
  ///   - extra: the values of ``extraColumns`` for a nucleus.
  public mutating func append(
    _ measurements: NucleusMeasurements, series: String, frame: Int, time: Double?,
    extra: (NucleusMeasurement) -> [Table.Value] = { _ in [] }
  ) {
    for nucleus in measurements.nuclei {
      let lead: [Table.Value] = [.text(series), .integer(frame), Table.Value(time)]
      table.append(
        lead + Self.shape(nucleus) + (hasIntensity ? Self.intensity(nucleus) : [])
          + extra(nucleus))
    }
  }

  /// Appends the rows of another table of the same columns.
  public mutating func append(_ other: NucleiTable) {
    precondition(
      other.table.columns == table.columns, "tables of different columns cannot be joined")
    for row in other.table.rows { table.append(row) }
  }

  /// Writes the table as CSV; the file appears whole or not at all.
  public func write(to path: String) throws { try table.write(to: path) }
}

extension NucleiTable {
  private static let frameColumns = ["series", "frame", "time_s"]

  private static let shapeColumns: [String] = {
    var names = ["label", "num_pixels", "area"]
    names += (0..<6).map { "bbox-\($0)" }
    for name in ["centroid", "centroid_voxel"] { names += triple(name) }
    names += ["axis_major_length", "axis_middle_length", "axis_minor_length"]
    for name in ["axis_major_direction", "axis_middle_direction", "axis_minor_direction"] {
      names += triple(name)
    }
    names += [
      "equivalent_diameter_area", "solidity", "surface_area_um2", "surface_voxels",
      "surface_voxels_faces", "sphericity", "touches_border", "distance_to_center_um",
      "nearest_neighbor_um",
    ]
    return names
  }()

  private static let intensityColumns =
    ["mean", "std", "min", "max", "sum"].map { "intensity_\($0)" }

  /// Three columns in the order z, y, x.
  private static func triple(_ name: String) -> [String] { (0..<3).map { "\(name)-\($0)" } }

  private static func shape(_ nucleus: NucleusMeasurement) -> [Table.Value] {
    let box = nucleus.boundingBox
    let bounds = [box.lower, box.upper].flatMap { [$0.z, $0.y, $0.x] }
    let (point, voxel, axes) = (nucleus.centroid, nucleus.centroidVoxel, nucleus.axes)
    let directions = [axes.major, axes.middle, axes.minor].flatMap { [$0.z, $0.y, $0.x] }
    var row: [Table.Value] = [
      .integer(Int(nucleus.label)), .integer(nucleus.voxelCount), .number(nucleus.volume),
    ]
    row += bounds.map(Table.Value.integer)
    row += [point.z, point.y, point.x, voxel.z, voxel.y, voxel.x].map(Table.Value.number)
    row += [axes.majorLength, axes.middleLength, axes.minorLength].map(Table.Value.number)
    row += directions.map(Table.Value.number)
    row += [
      .number(nucleus.equivalentDiameter), Table.Value(nucleus.solidity),
      .number(nucleus.surfaceArea), .integer(nucleus.surfaceVoxels),
      .integer(nucleus.surfaceVoxelsFaces), Table.Value(nucleus.sphericity),
      .flag(nucleus.touchesBorder), .number(nucleus.distanceToCenter),
      Table.Value(nucleus.nearestNeighbor),
    ]
    return row
  }

  private static func intensity(_ nucleus: NucleusMeasurement) -> [Table.Value] {
    guard let intensity = nucleus.intensity else {
      return intensityColumns.map { _ in .missing }
    }
    return [
      intensity.mean, intensity.standardDeviation, intensity.minimum, intensity.maximum,
      intensity.sum,
    ].map(Table.Value.number)
  }
}

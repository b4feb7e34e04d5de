/// The physical scale that a file states: its values and where they were found.
public struct Calibration: Hashable, Sendable, Codable {
  /// Where the scale was found.
  public enum Source: String, Hashable, Sendable, Codable {
    /// ImageJ's description, with XResolution and YResolution.
    case imageJ
    /// OME-XML.
    case ome
    /// The JSON description of tifffile, with XResolution and YResolution.
    case tifffile
    /// The coordinate transformations of OME-Zarr.
    case ngff
  }

  /// Column spacing in µm, nil where not stated.
  public var x: Double?
  /// Row spacing in µm, nil where not stated.
  public var y: Double?
  /// Plane spacing in µm, nil where not stated.
  public var z: Double?
  /// Seconds from frame to frame, nil where not stated.
  public var frameInterval: Double?
  /// Where the scale was found, nil where nothing is stated.
  public var source: Source?
  /// What is stated of the voxel size but impossible, and so counts as unknown, as the predicate of
  /// a message; nil if nothing is.
  package private(set) var impossibleScale: String?
  /// What is stated about an edge that is unknown, and why it was not understood; one clause each,
  /// for example `unit 'furlong' is not understood as a length`.
  public internal(set) var doubts: [String] = []

  /// No scale.
  public static let none = Calibration()

  /// The voxel size in µm; nil unless all three edges are stated.
  public var voxelSize: VoxelSize? {
    guard let x, let y, let z else { return nil }
    return VoxelSize(x: x, y: y, z: z)
  }

  /// Why there is no voxel size, as what a file does: `does not state its voxel size`.
  package var problem: String {
    if let impossibleScale { return impossibleScale }
    let edges = [("x", x), ("y", y), ("z", z)]
    let stated = edges.compactMap { name, edge in edge.map { "\(name) = \($0) µm" } }
    let missing = edges.compactMap { name, edge in edge == nil ? name : nil }
    let reasons = doubts.joined(separator: "; ")
    let problem =
      stated.isEmpty
      ? reasons.isEmpty ? "does not state its voxel size" : "states no usable voxel size"
      : "states \(stated.joined(separator: ", ")) but no \(missing.joined(separator: " and no "))"
    return reasons.isEmpty ? problem : "\(problem): \(reasons)"
  }

  /// Seconds from frame to frame that may be meant: up to 30 years.
  package static let plausibleIntervals = 1e-9...1e9

  /// Why a stated frame interval in seconds counts as unknown, as a note; nil where it is used, and
  /// where it is what programs write for unknown.
  static func doubt(ofInterval interval: Double?) -> String? {
    guard let interval, interval > 0, !plausibleIntervals.contains(interval) else { return nil }
    return "the frame interval is unknown: \(interval) s is impossible, expected 1 ns to 30 years"
  }

  init() {}

  init(x: Double?, y: Double?, z: Double?, frameInterval: Double?, source: Source) {
    // 0 and less are what programs write for unknown.
    func positive(_ value: Double?) -> Double? { value.flatMap { $0 > 0 ? $0 : nil } }
    (self.x, self.y, self.z) = (positive(x), positive(y), positive(z))
    self.frameInterval = frameInterval.flatMap { Self.plausibleIntervals.contains($0) ? $0 : nil }
    checkEdges(source)
    let isStated = [self.x, self.y, self.z, self.frameInterval].contains { $0 != nil }
    self.source = isStated ? source : nil
  }

  /// Forgets edges that no microscope has; this is where every stated scale comes through.
  private mutating func checkEdges(_ source: Source) {
    let edges = [("x", x), ("y", y), ("z", z)].compactMap { name, edge in
      edge.map { (name: name, edge: $0) }
    }
    let isPlausible =
      edges.allSatisfy { VoxelSize.plausibleEdges.contains($0.edge) }
      && voxelSize?.isValid ?? true
    if isPlausible { return }
    let place =
      switch source {
      case .imageJ, .tifffile: "XResolution, YResolution, spacing and unit"
      case .ome: "PhysicalSizeX, Y and Z"
      case .ngff: "coordinateTransformations"
      }
    impossibleScale =
      "states a voxel of "
      + edges.map { "\($0.name) = \($0.edge) µm" }.joined(separator: ", ")
      + " (\(place)), which is impossible: \(VoxelSize.plausibility)"
    (x, y, z) = (nil, nil, nil)
  }
}

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

  init() {}

  init(x: Double?, y: Double?, z: Double?, frameInterval: Double?, source: Source) {
    func sensible(_ value: Double?) -> Double? {
      value.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }
    self.x = sensible(x)
    self.y = sensible(y)
    self.z = sensible(z)
    self.frameInterval = sensible(frameInterval)
    let isStated = [self.x, self.y, self.z, self.frameInterval].contains { $0 != nil }
    self.source = isStated ? source : nil
  }
}

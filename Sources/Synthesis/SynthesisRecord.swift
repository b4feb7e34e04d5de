import Compute
import Foundation

/// What was made, for `synthesis.json`.
struct SynthesisRecord: Codable {
  /// One embryo of the record.
  struct Embryo: Codable {
    /// The prefix of its files; nil if they have none.
    let name: String?
    /// The seconds from frame to frame, nil for a single frame.
    let frameInterval: Double?
    /// The hours of the frames since the division into two nuclei.
    let hours: [Double]
    /// The number of annotated nuclei in each frame.
    let nuclei: [Int]
    let microscope: Microscope
  }

  let seed: UInt64
  /// Voxels along x, y and z.
  let size: [Int]
  /// µm along x, y and z.
  let voxelSize: [Double]
  let noise: Double
  let diversity: Double
  /// The offset between annotations and signal, in µm along x, y and z.
  let annotationOffset: [Double]
  private(set) var embryos: [Embryo] = []

  init(_ dataSet: SyntheticDataSet) {
    let parameters = dataSet.parameters
    seed = dataSet.seed
    size = [parameters.extent.width, parameters.extent.height, parameters.extent.depth]
    voxelSize = [parameters.voxelSize.x, parameters.voxelSize.y, parameters.voxelSize.z]
    noise = parameters.noise
    diversity = parameters.diversity
    let offset = parameters.annotation.offset
    annotationOffset = [offset.x, offset.y, offset.z]
  }

  mutating func add(_ series: SyntheticSeries, counts: [Int], name: String?) {
    embryos.append(
      Embryo(
        name: name, frameInterval: series.frameInterval,
        hours: (0..<series.frames).map { series.hour(of: $0) }, nuclei: counts,
        microscope: series.embryo.microscope))
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let data = try encoder.encode(self) + Data("\n".utf8)
    try AtomicFile.write(to: path) { try $0.write(contentsOf: data) }
  }
}

import Compute
import Foundation
import Microscopy

/// A folder of made-up volumes in BBBC050's layout: `images/`, `nsn/`, `ndn/` and `instances/` with
/// equal file names, `Emb01_t001.tif` and so on.
public struct SyntheticDataSet: Sendable {
  /// The number of embryos, each at ``timePoints`` stages.
  public var embryos: Int
  /// The stages of an embryo: 2, 4, 8 … nuclei.
  public var timePoints: Int
  /// The seed of all randomness.
  public var seed: UInt64
  /// What all volumes have in common.
  public var parameters = SyntheticEmbryo.Parameters()

  /// A data set of `embryos` × `timePoints` volumes.
  public init(embryos: Int, timePoints: Int, seed: UInt64) {
    self.embryos = embryos
    self.timePoints = timePoints
    self.seed = seed
  }

  /// Writes all volumes; `report(done, total)` after each. The same seed gives the same bytes.
  public func write(to folder: String, report: (Int, Int) -> Void = { _, _ in }) throws {
    for kind in ["images", "nsn", "ndn", "instances"] {
      do {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/\(kind)", withIntermediateDirectories: true)
      } catch {
        throw DataError("\(folder)/\(kind)", "the folder cannot be made; choose another --output")
      }
    }
    let total = embryos * timePoints
    for index in 0..<total {
      let (embryo, time) = (index / timePoints, index % timePoints)
      var generator = SeededGenerator(seed: seed, stream: UInt64(embryo), UInt64(time))
      var parameters = parameters
      parameters.nuclei = min(2 << time, 64)
      // Cleavage divides without growth: the radius falls with the cube root of the number.
      parameters.radius *= pow(8 / Double(parameters.nuclei), 1 / 6)
      let volume = SyntheticEmbryo(parameters, using: &generator)
      let name = String(format: "Emb%02d_t%03d.tif", embryo + 1, time + 1)
      try TIFF.write(volume.image, to: "\(folder)/images/\(name)")
      try TIFF.write(volume.regions, to: "\(folder)/nsn/\(name)")
      try TIFF.write(volume.centers, to: "\(folder)/ndn/\(name)")
      try TIFF.write(volume.instances, to: "\(folder)/instances/\(name)")
      report(index + 1, total)
    }
  }
}

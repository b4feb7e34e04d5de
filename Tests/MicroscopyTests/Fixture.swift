import Foundation
import Microscopy

/// Files made by the scripts under `Fixtures`, and folders for files that tests make.
enum Fixture {
  static let folder = Bundle.module.resourceURL!.appendingPathComponent("Fixtures").path

  static func tiff(_ name: String) -> String { "\(folder)/tiff/\(name).tif" }

  static func dialect(_ name: String) -> String { "\(folder)/dialects/\(name).tif" }

  static func zarr(_ name: String) -> String {
    name.contains(".zarr") ? "\(folder)/zarr/\(name)" : "\(folder)/zarr/\(name).zarr"
  }

  static func reference(_ name: String) throws -> Volume<Float> {
    try TIFF.readVolume(at: "\(folder)/references/\(name).tif")
  }

  /// The voxels that `tiff/make.py` writes for one frame and channel.
  static func ramp(
    _ extent: Extent = Extent(depth: 3, height: 5, width: 7), t: Int = 0, c: Int = 0,
    offset: Float = 0
  ) -> [Float] {
    var voxels: [Float] = []
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          voxels.append(Float(2 * x + 3 * y + 11 * z + 29 * c + 53 * t) + offset)
        }
      }
    }
    return voxels
  }

  /// Runs `body` with an empty folder that is removed afterwards.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = NSTemporaryDirectory() + "morula-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }
}

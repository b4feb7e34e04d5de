import Foundation
import Microscopy
import TestSupport

/// A folder of small label images.
struct LabelFolder {
  let root: TestFolder
  static let voxelSize = VoxelSize(x: 0.5, y: 0.5, z: 2)

  init() throws { root = try TestFolder() }

  /// The path of a name in the folder.
  func path(_ name: String) -> String { root.path + "/" + name }

  /// Frame t of the fixture `label-series`, with labels from `first` on.
  static func frame(_ t: Int, first: UInt32 = 1, width: Int = 9) -> LabelVolume {
    let extent = Extent(depth: 2, height: 8, width: width)
    var volume = LabelVolume(repeating: 0, extent: extent, voxelSize: voxelSize)
    for z in 0..<2 {
      for y in 0..<8 where y < 4 || t > 0 {
        for x in 0..<t + 4 { volume[z, y, x] = y < 4 ? first : first + 1 }
      }
    }
    return volume
  }

  /// Writes volumes under names such as `labels/t000.tif`.
  func write(_ volumes: (name: String, labels: LabelVolume)...) throws {
    for (name, labels) in volumes {
      let file = path(name)
      try FileManager.default.createDirectory(
        atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try TIFF.write(labels, to: file)
    }
  }
}

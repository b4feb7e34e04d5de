import Compute
import Foundation
import Microscopy
import Training

/// Volumes made by formula instead of read from files; counts what is asked.
final class FakeLoader: VolumeLoader {
  let extent: Extent
  let voxelSize: VoxelSize?
  /// What to give instead for some paths.
  let replacements: [String: Volume<Float>]
  private let loads = Guarded<[String]>([])

  init(
    extent: Extent = Extent(depth: 12, height: 20, width: 20), voxelSize: VoxelSize? = nil,
    replacements: [String: Volume<Float>] = [:]
  ) {
    self.extent = extent
    self.voxelSize = voxelSize
    self.replacements = replacements
  }

  /// The paths of the volumes that were loaded.
  var loaded: [String] { loads.withLock { $0 } }

  func volume(at path: String, channel: Int?) throws -> Volume<Float> {
    loads.withLock { $0.append(path) }
    if let volume = replacements[path] { return volume }
    let isTarget = path.contains("targets")
    let number = Double(path.unicodeScalars.reduce(0) { ($0 * 31 + Int($1.value)) % 97 })
    var voxels: [Float] = []
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          let place = [Double(z) - 6, Double(y) - 9 - 1, Double(x) - 8]
          let distance = place.reduce(0) { $0 + $1 * $1 }.squareRoot()
          voxels.append(
            isTarget
              ? (distance < 4 ? 255 : 0)
              : Float(1000 * exp(-distance / 5) + number + Double((x * 7 + y * 3 + z) % 11)))
        }
      }
    }
    return Volume(voxels, extent: extent, voxelSize: voxelSize)
  }
}

/// Pairs that only the fake loader can read.
func fakePairs(_ count: Int) -> [VolumePair] {
  (0..<count).map { VolumePair(name: "v\($0).tif", images: "/images", targets: "/targets") }
}

/// A configuration of the fake data with overrides.
func fakeConfiguration(_ overrides: String...) throws -> TrainingConfiguration {
  try TrainingConfiguration(
    yaml: """
      network: {kind: nsn}
      data: {images: images, targets: targets}
      preprocessing: {voxel: native}
      """, name: "fake.yaml", overrides: overrides, fileDirectory: "/")
}

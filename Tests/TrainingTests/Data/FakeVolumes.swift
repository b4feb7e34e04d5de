import Compute
import Foundation
import Microscopy
import Training

/// Volumes made by formula instead of read from files; counts what is asked.
///
/// Hundreds of volumes per test, of any extent and without a disk: an image of any format is an
/// `ImageSource`, and so are these.
final class FakeVolumes: Sendable {
  let extent: Extent
  let voxelSize: VoxelSize?
  /// What to give instead for some paths.
  let replacements: [String: Volume<Float>]
  fileprivate let loads = Guarded<[String]>([])

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

  /// The first pairs, `/images/v0.tif` with `/targets/v0.tif` and so on.
  func pairs(_ count: Int) -> [VolumePair] { (0..<count).map { pair("v\($0).tif") } }

  /// The pair of a name.
  func pair(_ name: String, voxelSize: VoxelSize? = nil) -> VolumePair {
    VolumePair(
      name: name, image: FakeImage(self, path: "/images/\(name)"),
      target: FakeImage(self, path: "/targets/\(name)"), voxelSize: voxelSize)
  }

  /// The volume at a path; not counted.
  func volume(at path: String) -> Volume<Float> {
    if let volume = replacements[path] { return volume }
    let isTarget = path.contains("targets")
    let number = Double(path.unicodeScalars.reduce(0) { ($0 * 31 + Int($1.value)) % 97 })
    var voxels: [Float] = []
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          let offset = [Double(z) - 6, Double(y) - 9 - 1, Double(x) - 8]
          let distance = offset.reduce(0) { $0 + $1 * $1 }.squareRoot()
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

/// One of the volumes as an opened image.
private struct FakeImage: ImageSource {
  struct Unused: Error {}

  let path: String
  let frames = 1
  let channels = 1
  let type = SampleType.float32
  private let volumes: FakeVolumes

  init(_ volumes: FakeVolumes, path: String) {
    self.volumes = volumes
    self.path = path
  }

  var extent: Extent { volumes.replacements[path]?.extent ?? volumes.extent }

  var calibration: Calibration {
    let replacement = volumes.replacements[path]
    let size = replacement == nil ? volumes.voxelSize : replacement?.voxelSize
    var calibration = Calibration.none
    calibration.x = size?.x
    calibration.y = size?.y
    calibration.z = size?.z
    return calibration
  }

  func volume(channel: Int, frame: Int) throws -> Volume<Float> {
    volumes.loads.withLock { $0.append(path) }
    return volumes.volume(at: path)
  }

  func samples(channel: Int, frame: Int) throws -> SampleVolume { throw Unused() }

  func labels(channel: Int, frame: Int) throws -> LabelVolume { throw Unused() }
}

/// Pairs of fake volumes.
func fakePairs(_ count: Int) -> [VolumePair] { FakeVolumes().pairs(count) }

/// A configuration of the fake data with overrides.
func fakeConfiguration(_ overrides: String...) throws -> TrainingConfiguration {
  try TrainingConfiguration(
    yaml: """
      network: {kind: nsn}
      data: {images: images, targets: targets}
      preprocessing: {voxel: native}
      """, name: "fake.yaml", overrides: overrides, fileDirectory: "/")
}

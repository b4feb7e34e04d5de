import Compute
import Foundation
import Microscopy

/// A data set in BBBC050's layout that a test makes itself: a few bright blobs in noise.
public enum SyntheticEmbryos {
  /// The voxel size of the volumes, in µm.
  public static let voxelSize = VoxelSize(x: 0.8, y: 0.8, z: 1.6)

  /// Writes `images/EmbNN_tTTT.tif` (16 bits) and `nsn/EmbNN_tTTT.tif` (0 and 255) into `folder`.
  ///
  /// - Parameters:
  ///   - names: the volumes' names without extension.
  ///   - ignored: the value of the first plane of every target, nil for none.
  public static func write(
    _ names: [String], to folder: String,
    extent: Extent = Extent(depth: 7, height: 13, width: 12),
    voxelSize: VoxelSize? = SyntheticEmbryos.voxelSize, ignored: UInt8? = nil
  ) throws {
    for part in ["images", "nsn"] {
      try FileManager.default.createDirectory(
        atPath: folder + "/" + part, withIntermediateDirectories: true)
    }
    for (number, name) in names.enumerated() {
      let (image, target) = volume(
        seed: UInt64(number), extent: extent, voxelSize: voxelSize, ignored: ignored)
      try TIFF.write(image, to: "\(folder)/images/\(name).tif")
      try TIFF.write(target, to: "\(folder)/nsn/\(name).tif")
    }
  }

  /// Three blobs of 3 µm in noise, and where they are.
  public static func volume(
    seed: UInt64, extent: Extent, voxelSize: VoxelSize?, ignored: UInt8? = nil
  ) -> (image: Volume<UInt16>, target: Volume<UInt8>) {
    var generator = SeededGenerator(seed: seed, stream: 0xb10b)
    let size = voxelSize ?? VoxelSize(isotropic: 1)
    let centers = (0..<3).map { _ in
      VoxelPoint(
        z: generator.uniform() * Double(extent.depth) * size.z,
        y: generator.uniform() * Double(extent.height) * size.y,
        x: generator.uniform() * Double(extent.width) * size.x)
    }
    /// The squared distance in µm² to the nearest center.
    func distance(_ z: Int, _ y: Int, _ x: Int) -> Double {
      var nearest = Double.infinity
      for center in centers {
        let dz = Double(z) * size.z - center.z
        let dy = Double(y) * size.y - center.y
        let dx = Double(x) * size.x - center.x
        nearest = min(nearest, dz * dz + dy * dy + dx * dx)
      }
      return nearest
    }
    var image = Volume(repeating: UInt16(0), extent: extent, voxelSize: voxelSize)
    var target = Volume(repeating: UInt8(0), extent: extent, voxelSize: voxelSize)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          let nearest = distance(z, y, x)
          let noise = 50 * generator.uniform()
          image[z, y, x] = UInt16(100 + noise + 800 * exp(-nearest / 8))
          target[z, y, x] = nearest < 6 ? 255 : 0
          if z == 0, let ignored { target[z, y, x] = ignored }
        }
      }
    }
    return (image, target)
  }
}

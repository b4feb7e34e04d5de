import Foundation
import Microscopy

/// An embryo of 32 ellipsoids that touch and overlap: the size of a resampled volume of BBBC050, on
/// voxels that are not quite cubes.
struct TouchingEllipsoids {
  static let voxelSize = VoxelSize(x: 0.8, y: 0.8, z: 51 * 1.75 / 112)
  let extent = Extent(depth: 112, height: 124, width: 127)
  /// What lies in any ellipsoid.
  private(set) var mask: Volume<Bool>
  /// The outer half of every ellipsoid; overlaps close some of them off.
  private(set) var shells: Volume<Bool>
  /// The voxel at the center of each ellipsoid.
  private(set) var markers: LabelVolume

  init() {
    mask = Volume(repeating: false, extent: extent, voxelSize: Self.voxelSize)
    shells = mask
    markers = LabelVolume(repeating: 0, extent: extent, voxelSize: Self.voxelSize)
    let count = 32
    for k in 0..<count {
      // Centers on a spiral through a ball of 40 voxels; half axes of 8 to 11 voxels.
      let radius = 40 * cbrt((Double(k) + 0.5) / Double(count))
      let height = 1 - 2 * (Double(k) * 0.618034).truncatingRemainder(dividingBy: 1)
      let angle = 2 * Double.pi * (Double(k) * 0.754878).truncatingRemainder(dividingBy: 1)
      let waist = (1 - height * height).squareRoot()
      let z = 55.5 + radius * height
      let y = 61.5 + radius * waist * sin(angle)
      let x = 63.0 + radius * waist * cos(angle)
      add(
        z, y, x, (8 + Double(k % 4), 8 + Double((k + 1) % 4), 8 + Double((k + 2) % 4)),
        label: UInt32(k + 1))
    }
  }

  private mutating func add(
    _ z: Double, _ y: Double, _ x: Double, _ axes: (z: Double, y: Double, x: Double),
    label: UInt32
  ) {
    markers[Int(z.rounded()), Int(y.rounded()), Int(x.rounded())] = label
    for i in 0..<extent.depth {
      for j in 0..<extent.height {
        for k in 0..<extent.width {
          let dz = (Double(i) - z) / axes.z
          let dy = (Double(j) - y) / axes.y
          let dx = (Double(k) - x) / axes.x
          let squared = dz * dz + dy * dy + dx * dx
          if squared <= 1 { mask[i, j, k] = true }
          if (0.5...1).contains(squared) { shells[i, j, k] = true }
        }
      }
    }
  }
}

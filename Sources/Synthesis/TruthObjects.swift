import Compute
import Foundation
import Microscopy

/// The nuclei of a ground truth, and their centers.
struct TruthObjects {
  /// The numbers of the nuclei, ascending.
  let labels: [UInt32]
  /// A voxel of each nucleus, in the order of ``labels``: the nearest to its centroid.
  let centers: [VoxelIndex]

  /// Finds the nuclei, and clears those of which less than `minimumVolume` µm³ is in the field of
  /// view.
  init(_ truth: inout LabelVolume, minimumVolume: Double) {
    let extent = truth.extent
    let size = truth.voxelSize ?? VoxelSize(isotropic: 1)
    var sums = Array(
      repeating: (count: 0, z: 0, y: 0, x: 0), count: Int(truth.voxels.max() ?? 0) + 1)
    var i = 0
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          let label = Int(truth.voxels[i])
          i += 1
          guard label > 0 else { continue }
          let sum = sums[label]
          sums[label] = (sum.count + 1, sum.z + z, sum.y + y, sum.x + x)
        }
      }
    }
    let minimum = minimumVolume / (size.x * size.y * size.z)
    let isKept = sums.map { $0.count > 0 && Double($0.count) >= minimum }
    for i in truth.voxels.indices where !isKept[Int(truth.voxels[i])] { truth.voxels[i] = 0 }
    let kept = sums.indices.dropFirst().filter { isKept[$0] }
    labels = kept.map { UInt32($0) }
    let centroids = kept.map { label in
      let n = Double(sums[label].count)
      return VoxelPoint(
        z: Double(sums[label].z) / n, y: Double(sums[label].y) / n, x: Double(sums[label].x) / n)
    }
    let volume = truth
    centers = zip(labels, centroids).map { label, centroid in
      let middle = VoxelIndex(
        z: Int(clamped: centroid.z.rounded()), y: Int(clamped: centroid.y.rounded()),
        x: Int(clamped: centroid.x.rounded()))
      if volume[middle.z, middle.y, middle.x] == label { return middle }
      // A bent or covered nucleus: its voxel nearest to the centroid.
      var nearest = (index: middle, distance: Double.infinity)
      for i in volume.voxels.indices where volume.voxels[i] == label {
        let plane = extent.height * extent.width
        let index = VoxelIndex(z: i / plane, y: i % plane / extent.width, x: i % extent.width)
        let point = VoxelPoint(z: Double(index.z), y: Double(index.y), x: Double(index.x))
        let distance = point.squaredDistance(to: centroid, voxelSize: size)
        if distance < nearest.distance { nearest = (index, distance) }
      }
      return nearest.index
    }
  }

  /// The 33 voxels within 2 voxels of each center, as BBBC050 marks them; fewer where the border of
  /// the field of view cuts a ball.
  func balls(in truth: LabelVolume) -> Volume<UInt8> {
    let extent = truth.extent
    var balls = Volume(repeating: UInt8(0), extent: extent, voxelSize: truth.voxelSize)
    for center in centers {
      for dz in -2...2 {
        for dy in -2...2 {
          for dx in -2...2 where dz * dz + dy * dy + dx * dx <= 4 {
            let (z, y, x) = (center.z + dz, center.y + dy, center.x + dx)
            guard (0..<extent.depth).contains(z), (0..<extent.height).contains(y),
              (0..<extent.width).contains(x)
            else { continue }
            balls[z, y, x] = 255
          }
        }
      }
    }
    return balls
  }
}

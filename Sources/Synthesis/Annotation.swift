import Compute
import Foundation
import Microscopy

/// How annotators outline nuclei: at a gray level that is about the same for all nuclei of a
/// volume.
///
/// The annotators of BBBC050 did so (docs/synthetic-embryos.md#outlines). Across and along z, their
/// outlines follow one level of the volume: a fixed fraction of the brightness that its brightest
/// 1000 µm³ exceed. Around brighter nuclei the level is somewhat higher. With these values of
/// `level` and `ownShare`, docs/examples/annotation_level.py finds the same in synthetic
/// volumes as in BBBC050's.
public struct Annotation: Sendable, Hashable {
  /// The level of the outline of a nucleus as bright as the brightest 1000 µm³ of its volume, as a
  /// part of that brightness above the background.
  var level = 0.11
  /// The power of a nucleus' own brightness in the level of its outline: 0 if all nuclei of a
  /// volume are outlined at one level, 1 if each is at the same fraction of its own brightness.
  var ownShare = 0.07
  /// The offset between annotations and signal, in µm along x, y and z.
  public var offset = SIMD3<Double>.zero

  /// Outlines like those of BBBC050's annotators, without an offset.
  public init() {}

  /// The nuclei that an annotator sees in an image without noise.
  ///
  /// - Parameter territories: The nucleus that each voxel belongs to if it is bright enough.
  func outlines(of image: Volume<Float>, in territories: LabelVolume) -> LabelVolume {
    let size = image.voxelSize ?? VoxelSize(isotropic: 1)
    let scaling = RobustScaling()
    let share = scaling.brightVolume / (size.x * size.y * size.z * Double(image.voxels.count))
    let levels = image.percentiles([scaling.background, 100 * max(0.75, 1 - share)])
    let (background, bright) = (Float(levels[0]), Float(levels[1] - levels[0]))
    guard bright > 0 else { return territories.map { _ in 0 } }
    let seen = image.moved(by: offset)
    var brightest = Array(
      repeating: Float(0), count: Int(territories.voxels.max() ?? 0) + 1)
    for (owner, signal) in zip(territories.voxels, seen.voxels) {
      brightest[Int(owner)] = max(brightest[Int(owner)], signal - background)
    }
    let thresholds = brightest.map {
      background + Float(level) * bright * pow($0 / bright, Float(ownShare))
    }
    let labels = zip(territories.voxels, seen.voxels).map { owner, signal in
      signal >= thresholds[Int(owner)] ? owner : 0
    }
    return Volume(labels, extent: image.extent, voxelSize: image.voxelSize)
  }
}

extension Volume<Float> {
  /// The volume moved by an offset in µm along x, y and z, with linear interpolation; outside, the
  /// border voxels are repeated.
  fileprivate func moved(by offset: SIMD3<Double>) -> Volume<Float> {
    let size = voxelSize ?? VoxelSize(isotropic: 1)
    var result = self
    for (axis, distance) in [
      (Axis.z, offset.z / size.z), (.y, offset.y / size.y), (.x, offset.x / size.x),
    ] where distance != 0 {
      result = result.moved(along: axis, by: distance)
    }
    return result
  }

  private func moved(along axis: Axis, by distance: Double) -> Volume<Float> {
    let count = extent[axis]
    let step =
      switch axis {
      case .z: extent.height * extent.width
      case .y: extent.width
      case .x: 1
      }
    // Where each voxel along the axis comes from: two neighbors and the second one's weight.
    let sources = (0..<count).map { i -> (low: Int, high: Int, part: Float) in
      let source = min(max(Double(i) - distance, 0), Double(count - 1))
      let low = Int(clamped: source)
      return (low * step, min(low + 1, count - 1) * step, Float(source - Double(low)))
    }
    let moved = voxels.indices.map { i in
      let index = i / step % count
      let start = i - index * step
      let (low, high, part) = sources[index]
      return voxels[start + low] + part * (voxels[start + high] - voxels[start + low])
    }
    return Volume(moved, extent: extent, voxelSize: voxelSize)
  }
}

import Compute
import Microscopy

extension PreparedVolume {
  /// The part of the volume in a window, seen through a transform about the window's center.
  ///
  /// Intensities are interpolated linearly. The target's foreground is interpolated linearly as a
  /// probability and thresholded at 0.5; a voxel is ignored as soon as one ignored voxel
  /// contributes to it. Points outside the volume are mirrored at its border; points outside the
  /// window but inside the volume show real data.
  package func sample(in window: Window, through transform: SpatialTransform) -> Sample {
    if transform.isIdentity { return sample(in: window) }
    let out = window.extent
    let warp = Warp(
      source: image.extent, window: window,
      matrix: transform.voxelMatrix(image.voxelSize ?? VoxelSize(x: 1, y: 1, z: 1)),
      displacement: transform.displacement)
    let planesPerJob = max(1, (1 << 15) / (out.height * out.width))
    let parts = Parallel.map(out.depth.parts(of: planesPerJob)) { job in
      let planes = job * planesPerJob..<min(out.depth, (job + 1) * planesPerJob)
      return warp.run(planes: planes, image: image.voxels, target: target.voxels)
    }
    return Sample(
      name: name,
      image: Volume(parts.flatMap(\.image), extent: out, voxelSize: image.voxelSize),
      target: Volume(parts.flatMap(\.target), extent: out, voxelSize: image.voxelSize))
  }
}

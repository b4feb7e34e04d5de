import Compute
import Foundation
import Microscopy

/// A scene on a grid of voxels: the light of nuclei before any optics, and the nucleus
/// that each voxel belongs to.
struct SceneDrawing: Sendable {
  /// Light per volume; about 1 in a nucleus of the two-cell stage.
  let light: Volume<Float>
  private let scene: SyntheticScene

  /// Draws nuclei and bystanders, plane by plane on all threads.
  init(_ scene: SyntheticScene, _ extent: Extent, _ size: VoxelSize) {
    let planes = Parallel.map(extent.depth) { z in
      PlaneOfVoxels(z, extent, size).light(of: scene)
    }
    light = Volume(planes.flatMap { $0 }, extent: extent, voxelSize: size)
    self.scene = scene
  }

  /// Cell number + 1 of the nucleus that a voxel lies deepest in or nearest to, 0 far from all.
  ///
  /// - Parameter offset: How far in µm (x, y, z) territories are moved.
  func territories(movedBy offset: SIMD3<Double>) -> LabelVolume {
    let (extent, size) = (light.extent, light.voxelSize ?? VoxelSize(isotropic: 1))
    let scene = scene
    let planes = Parallel.map(extent.depth) { z in
      PlaneOfVoxels(z, extent, size).territories(of: scene.nuclei, movedBy: offset)
    }
    return Volume(planes.flatMap { $0 }, extent: extent, voxelSize: size)
  }

  /// The light of cytoplasm, in units of that of cells at rest; drawn on a grid of about 3 µm.
  func cytoplasm() -> Volume<Float> {
    let extent = light.extent
    let size = light.voxelSize ?? VoxelSize(isotropic: 1)
    var coarse = extent
    for axis in Axis.allCases {
      coarse[axis] = min(
        extent[axis],
        max(1, Int(clamped: (Double(extent[axis]) * size[axis] / 2.6).rounded(.up))))
    }
    let edge = SIMD3(
      Double(extent.width) * size.x / Double(coarse.width),
      Double(extent.height) * size.y / Double(coarse.height),
      Double(extent.depth) * size.z / Double(coarse.depth))
    let axes = scene.axes
    let cellRadius = cbrt(axes.x * axes.y * axes.z * 0.62 / Double(max(1, scene.nuclei.count)))
    let (rows, columns, scene) = (coarse.height, coarse.width, scene)
    let planes = Parallel.map(coarse.depth) { z in
      (0..<rows * columns).map { i in
        let index = SIMD3(Double(i % columns), Double(i / columns), Double(z))
        return Float(scene.cytoplasm(at: (index + 0.5) * edge, cellRadius: cellRadius))
      }
    }
    return Volume(planes.flatMap { $0 }, extent: coarse).resampled(to: extent)
  }
}

/// One plane of a drawing.
private struct PlaneOfVoxels: Sendable {
  let extent: Extent
  let size: VoxelSize
  /// The height of its voxels' centers in µm.
  let height: Double

  init(_ z: Int, _ extent: Extent, _ size: VoxelSize) {
    self.extent = extent
    self.size = size
    height = (Double(z) + 0.5) * size.z
  }

  /// Calls `body(voxel, offset)` for every voxel whose center lies within `reach` of `center`.
  private func forEachVoxel(
    within reach: SIMD3<Double>, of center: SIMD3<Double>, _ body: (Int, SIMD3<Double>) -> Void
  ) {
    guard abs(height - center.z) <= reach.z else { return }
    func range(_ center: Double, _ reach: Double, _ edge: Double, _ count: Int) -> Range<Int> {
      let low = min(max(((center - reach) / edge - 0.5).rounded(.up), 0), Double(count))
      let high = min(max(((center + reach) / edge - 0.5).rounded(.down) + 1, low), Double(count))
      return Int(clamped: low)..<Int(clamped: high)
    }
    for y in range(center.y, reach.y, size.y, extent.height) {
      for x in range(center.x, reach.x, size.x, extent.width) {
        let point = SIMD3((Double(x) + 0.5) * size.x, (Double(y) + 0.5) * size.y, height)
        body(y * extent.width + x, point - center)
      }
    }
  }

  func territories(
    of nuclei: [SyntheticScene.Member], movedBy offset: SIMD3<Double>
  ) -> [UInt32] {
    let count = extent.height * extent.width
    var labels = Array(repeating: UInt32(0), count: count)
    var deepest = Array(repeating: Nucleus.territory, count: count)
    for member in nuclei {
      let nucleus = member.nucleus
      forEachVoxel(within: nucleus.territoryReach, of: nucleus.center + offset) { i, offset in
        let depth = nucleus.territoryDepth(at: offset)
        if depth <= deepest[i] {
          deepest[i] = depth
          labels[i] = UInt32(member.cell + 1)
        }
      }
    }
    return labels
  }

  func light(of scene: SyntheticScene) -> [Float] {
    var light = Array(repeating: Float(0), count: extent.height * extent.width)
    /// The share of a voxel in a body of `radius`, whose surface fades over the voxel's width.
    func cover(_ depth: Double, _ radius: Double) -> Double {
      min(max((1 - depth) * radius / min(size.x, size.y) + 0.5, 0), 1)
    }
    for nucleus in scene.nuclei.map(\.nucleus) {
      forEachVoxel(within: nucleus.reach, of: nucleus.center) { i, offset in
        let cover = cover(nucleus.depth(at: offset), nucleus.radius)
        if cover > 0 { light[i] += Float(cover * nucleus.density * nucleus.texture(at: offset)) }
      }
    }
    for blob in scene.blobs {
      let reach = SIMD3(
        blob.radius + 1, blob.radius + 1, blob.radius * Optics.stretch + size.z)
      forEachVoxel(within: reach, of: blob.center) { i, offset in
        var offset = offset
        offset.z /= Optics.stretch
        light[i] += Float(cover(length(offset) / blob.radius, blob.radius) * blob.density)
      }
    }
    return light
  }
}

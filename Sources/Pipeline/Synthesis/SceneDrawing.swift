import Compute
import Foundation
import Microscopy

/// A scene on a grid of voxels: outlines of nuclei, and their light before any optics.
struct SceneDrawing: Sendable {
  /// Cell number + 1 where a nucleus is, 0 elsewhere.
  let outlines: LabelVolume
  /// Light per volume; about 1 in a nucleus of the two-cell stage.
  let light: Volume<Float>
  private let scene: SyntheticScene

  /// Draws nuclei and bystanders, plane by plane on all threads.
  init(_ scene: SyntheticScene, _ extent: Extent, _ size: VoxelSize) {
    let planes = Parallel.map(extent.depth) { z in
      Plane(z, scene, extent, size)
    }
    outlines = Volume(planes.flatMap(\.labels), extent: extent, voxelSize: size)
    light = Volume(planes.flatMap(\.light), extent: extent, voxelSize: size)
    self.scene = scene
  }

  /// The light of cytoplasm, in units of that of cells at rest; drawn on a grid of about 3 µm.
  func cytoplasm() -> Volume<Float> {
    let extent = light.extent
    let size = light.voxelSize ?? VoxelSize(isotropic: 1)
    var coarse = extent
    for axis in Axis.allCases {
      coarse[axis] = min(
        extent[axis], max(1, Int((Double(extent[axis]) * size[axis] / 2.6).rounded(.up))))
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
private struct Plane: Sendable {
  var labels: [UInt32]
  var light: [Float]

  init(_ z: Int, _ scene: SyntheticScene, _ extent: Extent, _ size: VoxelSize) {
    let (rows, columns) = (extent.height, extent.width)
    labels = Array(repeating: 0, count: rows * columns)
    light = Array(repeating: 0, count: rows * columns)
    // The nucleus that a voxel lies deepest in has it.
    var deepest = Array(repeating: 1.0, count: rows * columns)
    let height = (Double(z) + 0.5) * size.z
    /// The voxels along an axis whose centers are within `reach` of `center`.
    func range(_ center: Double, _ reach: Double, _ edge: Double, _ count: Int) -> Range<Int> {
      let low = min(max(((center - reach) / edge - 0.5).rounded(.up), 0), Double(count))
      let high = min(max(((center + reach) / edge - 0.5).rounded(.down) + 1, low), Double(count))
      return Int(low)..<Int(high)
    }
    for member in scene.nuclei {
      let nucleus = member.nucleus
      guard abs(height - nucleus.center.z) <= nucleus.reach.z else { continue }
      // The voxel's width over which the surface fades, in parts of the radius.
      let softness = nucleus.radius / min(size.x, size.y)
      for y in range(nucleus.center.y, nucleus.reach.y, size.y, rows) {
        for x in range(nucleus.center.x, nucleus.reach.x, size.x, columns) {
          let offset =
            SIMD3((Double(x) + 0.5) * size.x, (Double(y) + 0.5) * size.y, height) - nucleus.center
          let depth = nucleus.depth(at: offset)
          let i = y * columns + x
          if depth.outline <= deepest[i] {
            deepest[i] = depth.outline
            labels[i] = UInt32(member.cell + 1)
          }
          let cover = min(max((1 - depth.light) * softness + 0.5, 0), 1)
          if cover > 0 {
            light[i] += Float(cover * nucleus.density * nucleus.texture(at: offset))
          }
        }
      }
    }
    for blob in scene.blobs {
      let tall = blob.radius * Optics.stretch
      guard abs(height - blob.center.z) <= tall + size.z else { continue }
      let reach = blob.radius + 1
      for y in range(blob.center.y, reach, size.y, rows) {
        for x in range(blob.center.x, reach, size.x, columns) {
          var offset =
            SIMD3((Double(x) + 0.5) * size.x, (Double(y) + 0.5) * size.y, height) - blob.center
          offset.z /= Optics.stretch
          let softness = blob.radius / min(size.x, size.y)
          let cover = min(max((1 - length(offset) / blob.radius) * softness + 0.5, 0), 1)
          light[y * columns + x] += Float(cover * blob.density)
        }
      }
    }
  }
}

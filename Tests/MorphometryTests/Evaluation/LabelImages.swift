import Compute
import Microscopy
import Morphometry
import Networks
import TestSupport

/// Label volumes that tests make or read.
enum LabelImages {
  /// Random boxes, later ones over earlier ones, under random labels.
  static func random(
    _ extent: Extent, count: Int, using generator: inout SeededGenerator
  ) -> LabelVolume {
    var volume = LabelVolume(repeating: 0, extent: extent)
    var labels = Array(UInt32(1)...60).shuffled(using: &generator)
    labels[0] = 4_000_000_000
    for label in labels.prefix(count) {
      let z = Int.random(in: 0..<extent.depth, using: &generator)
      let y = Int.random(in: 0..<extent.height, using: &generator)
      let x = Int.random(in: 0..<extent.width, using: &generator)
      for z in z..<min(extent.depth, z + 3) {
        for y in y..<min(extent.height, y + 5) {
          for x in x..<min(extent.width, x + 6) { volume[z, y, x] = label }
        }
      }
    }
    return volume
  }

  /// A copy whose objects are partly moved, lost, merged and renamed.
  static func disturbed(
    _ volume: LabelVolume, using generator: inout SeededGenerator
  ) -> LabelVolume {
    var names: [UInt32: UInt32] = [:]
    for object in volume.objects() {
      names[object.label] =
        generator.chance(0.15) ? 0 : UInt32(Int.random(in: 1...12, using: &generator))
    }
    let shift = Int.random(in: 0...2, using: &generator)
    var result = LabelVolume(repeating: 0, extent: volume.extent)
    for index in volume.voxels.indices.dropLast(shift) {
      result.voxels[index + shift] = names[volume.voxels[index]] ?? 0
    }
    return result
  }

  /// A row of voxels.
  static func row(_ labels: [UInt32]) -> LabelVolume {
    LabelVolume(labels, extent: Extent(depth: 1, height: 1, width: labels.count))
  }

  /// The volume `name` of a fixture, or its frames if it has four axes.
  static func load(_ file: SafeTensors, _ name: String) throws -> [LabelVolume] {
    let labels = try file.integers(name).map { UInt32($0) }
    let shape = try file.array(name).shape
    let extent = Extent(
      depth: shape[shape.rank - 3], height: shape[shape.rank - 2], width: shape[shape.rank - 1])
    return stride(from: 0, to: labels.count, by: extent.count).map {
      LabelVolume(Array(labels[$0..<$0 + extent.count]), extent: extent)
    }
  }
}

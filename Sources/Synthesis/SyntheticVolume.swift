import Compute
import Foundation
import Microscopy

/// One volume of a synthetic embryo with its ground truth.
public struct SyntheticVolume: Sendable {
  /// The raw image.
  public let image: Volume<UInt16>
  /// The nuclei; see ``SyntheticEmbryo/volume(at:)`` for their numbers. Two nuclei never share a
  /// voxel.
  public internal(set) var instances: LabelVolume
  /// Nuclear regions, 0 or 255: where ``instances`` is not 0.
  public let regions: Volume<UInt8>
  /// A ball of 33 voxels at the center of what is seen of each nucleus, 0 or 255.
  public let centers: Volume<UInt8>
  /// The numbers in ``instances``, ascending.
  public internal(set) var labels: [UInt32]

  /// A nucleus is in the ground truth if at least this volume of it, in µm³, is in the field of
  /// view.
  static let minimumVolume = 60.0

  /// Draws a scene.
  ///
  /// - Parameter exposure: The generator for the noise of a plane.
  init(
    _ scene: SyntheticScene, _ parameters: SyntheticEmbryo.Parameters, _ microscope: Microscope,
    exposure: @Sendable (Int) -> SeededGenerator
  ) {
    let (extent, size) = (parameters.extent, parameters.voxelSize)
    let drawing = SceneDrawing(scene, extent, size)
    let (light, cytoplasm) = (microscope.optics.image(of: drawing.light), drawing.cytoplasm())
    let plane = extent.height * extent.width
    let weak = Float(microscope.cytoplasm)
    let signal = Parallel.map(extent.depth) { z in
      let transmission = Float(
        microscope.photons * microscope.optics.transmission(of: z, in: extent, size))
      return (z * plane..<(z + 1) * plane).map {
        transmission * (light.voxels[$0] + weak * cytoplasm.voxels[$0])
      }
    }

    var truth = parameters.annotation.outlines(
      of: Volume(signal.flatMap { $0 }, extent: extent, voxelSize: size),
      in: drawing.territories(movedBy: parameters.annotation.offset))
    let objects = TruthObjects(&truth, minimumVolume: Self.minimumVolume)
    instances = truth
    labels = objects.labels
    regions = truth.map { $0 == 0 ? 0 : 255 }
    centers = objects.balls(in: truth)

    let ambient = Float(microscope.ambient)
    let planes = Parallel.map(extent.depth) { z in
      var generator = exposure(z)
      return microscope.camera.exposure(of: signal[z].map { $0 + ambient }, using: &generator)
    }
    image = Volume(planes.flatMap { $0 }, extent: extent, voxelSize: size)
  }

  /// Replaces every number in the ground truth, `numbers[old]`.
  mutating func renumber(_ numbers: [UInt32: UInt32]) {
    let table = (0...(labels.last ?? 0)).map { numbers[$0] ?? 0 }
    instances = instances.map { table[Int($0)] }
    labels = labels.map { table[Int($0)] }.sorted()
  }
}

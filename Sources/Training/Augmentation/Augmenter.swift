import Compute
import Microscopy

/// Applies the augmentations of a configuration.
///
/// Every augmentation draws from a generator of its own, seeded by (seed, epoch, sample,
/// augmentation). So samples do not depend on threads or order, and switching one augmentation off
/// leaves the draws of the others alone.
package struct Augmenter: Sendable {
  /// Section `augmentation`.
  package let configuration: AugmentationConfiguration
  private let seed: UInt64
  private let epoch: UInt64
  private let sample: UInt64

  /// Identifies an augmentation's generator; the numbers are part of what a seed means.
  private enum Stream: UInt64 {
    case flips = 1
    case rotate90, rotate, scale, elastic, gamma, brightness, contrast, gaussianNoise, poissonNoise
    case blur, lowZResolution, sharpen, haze, saturation
  }

  /// The augmentations of one sample.
  package init(_ configuration: AugmentationConfiguration, seed: UInt64, epoch: Int, sample: Int) {
    self.configuration = configuration
    self.seed = seed
    self.epoch = UInt64(epoch)
    self.sample = UInt64(sample)
  }

  private func generator(_ stream: Stream) -> SeededGenerator {
    SeededGenerator(seed: seed, stream: 0xa093, epoch, sample, stream.rawValue)
  }

  /// Draws rotation, scaling and elastic deformation of a sample.
  package func transform(extent: Extent, voxelSize: VoxelSize?) -> SpatialTransform {
    var transform = SpatialTransform()
    if let rotate = configuration.rotate {
      var generator = generator(.rotate)
      rotate.apply(to: &transform, using: &generator)
    }
    if let scale = configuration.scale {
      var generator = generator(.scale)
      scale.apply(to: &transform, using: &generator)
    }
    if let elastic = configuration.elastic {
      var generator = generator(.elastic)
      elastic.apply(to: &transform, extent: extent, voxelSize: voxelSize, using: &generator)
    }
    return transform
  }

  /// Flips and turns a sample; `variant` chooses among the studies' set.
  package func orient(_ sample: inout Sample, variant: Int) {
    switch configuration.flips {
    case nil: break
    case .study: AugmentationConfiguration.Flips.study(variant: variant, &sample)
    case .random(let flips):
      var generator = generator(.flips)
      flips.apply(to: &sample, using: &generator)
    }
    if let rotate90 = configuration.rotate90 {
      var generator = generator(.rotate90)
      rotate90.apply(to: &sample, using: &generator)
    }
  }

  /// Changes intensities in the order in which an image arises: stray light, optics, sampling,
  /// exposure, noise, the detector's limit.
  package func expose(_ image: inout Volume<Float>) {
    if let haze = configuration.haze {
      var generator = generator(.haze)
      haze.apply(to: &image, using: &generator)
    }
    if let sharpen = configuration.sharpen {
      var generator = generator(.sharpen)
      sharpen.apply(to: &image, using: &generator)
    }
    if let blur = configuration.blur {
      var generator = generator(.blur)
      blur.apply(to: &image, using: &generator)
    }
    if let lowZResolution = configuration.lowZResolution {
      var generator = generator(.lowZResolution)
      lowZResolution.apply(to: &image, using: &generator)
    }
    if let contrast = configuration.contrast {
      var generator = generator(.contrast)
      contrast.apply(to: &image, using: &generator)
    }
    if let brightness = configuration.brightness {
      var generator = generator(.brightness)
      brightness.apply(to: &image, using: &generator)
    }
    if let gamma = configuration.gamma {
      var generator = generator(.gamma)
      gamma.apply(to: &image, using: &generator)
    }
    if let poissonNoise = configuration.poissonNoise {
      var generator = generator(.poissonNoise)
      poissonNoise.apply(to: &image, using: &generator)
    }
    if let gaussianNoise = configuration.gaussianNoise {
      var generator = generator(.gaussianNoise)
      gaussianNoise.apply(to: &image, using: &generator)
    }
    if let saturation = configuration.saturation {
      var generator = generator(.saturation)
      saturation.apply(to: &image, using: &generator)
    }
  }
}

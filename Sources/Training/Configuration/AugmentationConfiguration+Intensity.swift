/// The defaults and bounds of a change whose strength is drawn from a range.
package protocol SpreadDefaults: Sendable {
  /// The default range.
  static var range: ClosedRange<Double> { get }
  /// The values that a range may span.
  static var bounds: ClosedRange<Double> { get }
  /// The default probability.
  static var probability: Double { get }
}

extension AugmentationConfiguration {
  /// A section with a probability and a range from which a strength is drawn uniformly.
  package struct Spread<Defaults: SpreadDefaults>: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey { case probability, range }

    /// The probability of a change.
    package var probability = Defaults.probability
    /// The strengths.
    package var range = Defaults.range

    /// The defaults of this kind.
    package init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.value(.probability, &probability, .probability)
      try section.range(.range, &range, .within(Defaults.bounds))
    }
  }

  /// Section `augmentation.gamma`: the exponent γ.
  package enum GammaDefaults: SpreadDefaults {
    /// The default strengths.
    package static let range = 0.7...1.5
    /// The possible strengths.
    package static let bounds = 0.1...10.0
    /// The default probability.
    package static let probability = 0.3
  }

  /// Section `augmentation.brightness`: the value added.
  package enum BrightnessDefaults: SpreadDefaults {
    /// The default strengths.
    package static let range = -0.1...0.1
    /// The possible strengths.
    package static let bounds = -1.0...1.0
    /// The default probability.
    package static let probability = 0.3
  }

  /// Section `augmentation.contrast`: the factor about the mean.
  package enum ContrastDefaults: SpreadDefaults {
    /// The default strengths.
    package static let range = 0.75...1.25
    /// The possible strengths.
    package static let bounds = 0.05...20.0
    /// The default probability.
    package static let probability = 0.3
  }

  /// Section `augmentation.gaussian_noise`: the standard deviation.
  package enum GaussianNoiseDefaults: SpreadDefaults {
    /// The default strengths.
    package static let range = 0.0...0.05
    /// The possible strengths.
    package static let bounds = 0.0...1.0
    /// The default probability.
    package static let probability = 0.2
  }

  /// Section `augmentation.poisson_noise`: the photons that intensity 1 stands for.
  package enum PoissonNoiseDefaults: SpreadDefaults {
    /// The default strengths.
    package static let range = 100.0...1000.0
    /// The possible strengths.
    package static let bounds = 1.0...1e6
    /// The default probability.
    package static let probability = 0.2
  }

  /// Section `augmentation.blur`: σ in voxels.
  package enum BlurDefaults: SpreadDefaults {
    /// The default strengths.
    package static let range = 0.5...1.0
    /// The possible strengths.
    package static let bounds = 0.1...10.0
    /// The default probability.
    package static let probability = 0.2
  }

  /// Section `augmentation.low_z_resolution`: the factor by which z is sampled more thinly.
  package enum LowZResolutionDefaults: SpreadDefaults {
    /// The default strengths.
    package static let range = 1.5...3.0
    /// The possible strengths.
    package static let bounds = 1.0...16.0
    /// The default probability.
    package static let probability = 0.2
  }

  /// Section `augmentation.sharpen`: how much of the fine structure is added once more.
  package enum SharpenDefaults: SpreadDefaults {
    /// The default strengths.
    package static let range = 0.2...1.0
    /// The possible strengths.
    package static let bounds = 0.0...10.0
    /// The default probability.
    package static let probability = 0.2
  }

  /// Section `augmentation.haze`: the brightest of a smooth background.
  package enum HazeDefaults: SpreadDefaults {
    /// The default strengths.
    package static let range = 0.0...0.3
    /// The possible strengths.
    package static let bounds = 0.0...10.0
    /// The default probability.
    package static let probability = 0.2
  }

  /// Section `augmentation.saturation`: the level at which intensities are cut.
  package enum SaturationDefaults: SpreadDefaults {
    /// The default strengths.
    package static let range = 0.25...1.0
    /// The possible strengths.
    package static let bounds = 0.01...10.0
    /// The default probability.
    package static let probability = 0.1
  }

  /// I^γ between the sample's smallest and largest value.
  package typealias Gamma = Spread<GammaDefaults>
  /// I + b.
  package typealias Brightness = Spread<BrightnessDefaults>
  /// (I − mean) · c + mean.
  package typealias Contrast = Spread<ContrastDefaults>
  /// I + normal noise.
  package typealias GaussianNoise = Spread<GaussianNoiseDefaults>
  /// Shot noise.
  package typealias PoissonNoise = Spread<PoissonNoiseDefaults>
  /// A Gaussian blur.
  package typealias Blur = Spread<BlurDefaults>
  /// I + a (I − blurred I).
  package typealias Sharpen = Spread<SharpenDefaults>
  /// I + a smooth field.
  package typealias Haze = Spread<HazeDefaults>
  /// min(I, c) / c.
  package typealias Saturation = Spread<SaturationDefaults>
  /// Thinner sampling along z.
  package typealias LowZResolution = Spread<LowZResolutionDefaults>
}

/// The defaults and bounds of a change whose strength is drawn from a range.
public protocol SpreadDefaults: Sendable {
  /// The default range.
  static var range: ClosedRange<Double> { get }
  /// The values that a range may span.
  static var bounds: ClosedRange<Double> { get }
  /// The default probability.
  static var probability: Double { get }
}

extension AugmentationConfiguration {
  /// A section with a probability and a range from which a strength is drawn uniformly.
  public struct Spread<Defaults: SpreadDefaults>: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey { case probability, range }

    /// The probability of a change.
    public var probability = Defaults.probability
    /// The strengths.
    public var range = Defaults.range

    /// The defaults of this kind.
    public init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.value(.probability, &probability, .probability)
      try section.range(.range, &range, .within(Defaults.bounds))
    }
  }

  /// Section `augmentation.gamma`: the exponent γ.
  public enum GammaDefaults: SpreadDefaults {
    /// The default strengths.
    public static let range = 0.7...1.5
    /// The possible strengths.
    public static let bounds = 0.1...10.0
    /// The default probability.
    public static let probability = 0.3
  }

  /// Section `augmentation.brightness`: the value added.
  public enum BrightnessDefaults: SpreadDefaults {
    /// The default strengths.
    public static let range = -0.1...0.1
    /// The possible strengths.
    public static let bounds = -1.0...1.0
    /// The default probability.
    public static let probability = 0.3
  }

  /// Section `augmentation.contrast`: the factor about the mean.
  public enum ContrastDefaults: SpreadDefaults {
    /// The default strengths.
    public static let range = 0.75...1.25
    /// The possible strengths.
    public static let bounds = 0.05...20.0
    /// The default probability.
    public static let probability = 0.3
  }

  /// Section `augmentation.gaussian_noise`: the standard deviation.
  public enum GaussianNoiseDefaults: SpreadDefaults {
    /// The default strengths.
    public static let range = 0.0...0.05
    /// The possible strengths.
    public static let bounds = 0.0...1.0
    /// The default probability.
    public static let probability = 0.2
  }

  /// Section `augmentation.poisson_noise`: the photons that intensity 1 stands for.
  public enum PoissonNoiseDefaults: SpreadDefaults {
    /// The default strengths.
    public static let range = 100.0...1000.0
    /// The possible strengths.
    public static let bounds = 1.0...1e6
    /// The default probability.
    public static let probability = 0.2
  }

  /// Section `augmentation.blur`: σ in voxels.
  public enum BlurDefaults: SpreadDefaults {
    /// The default strengths.
    public static let range = 0.5...1.0
    /// The possible strengths.
    public static let bounds = 0.1...10.0
    /// The default probability.
    public static let probability = 0.2
  }

  /// Section `augmentation.low_z_resolution`: the factor by which z is sampled more thinly.
  public enum LowZResolutionDefaults: SpreadDefaults {
    /// The default strengths.
    public static let range = 1.5...3.0
    /// The possible strengths.
    public static let bounds = 1.0...16.0
    /// The default probability.
    public static let probability = 0.2
  }

  /// Section `augmentation.sharpen`: how much of the fine structure is added once more.
  public enum SharpenDefaults: SpreadDefaults {
    /// The default strengths.
    public static let range = 0.2...1.0
    /// The possible strengths.
    public static let bounds = 0.0...10.0
    /// The default probability.
    public static let probability = 0.2
  }

  /// Section `augmentation.haze`: the brightest of a smooth background.
  public enum HazeDefaults: SpreadDefaults {
    /// The default strengths.
    public static let range = 0.0...0.3
    /// The possible strengths.
    public static let bounds = 0.0...10.0
    /// The default probability.
    public static let probability = 0.2
  }

  /// Section `augmentation.saturation`: the level at which intensities are cut.
  public enum SaturationDefaults: SpreadDefaults {
    /// The default strengths.
    public static let range = 0.25...1.0
    /// The possible strengths.
    public static let bounds = 0.01...10.0
    /// The default probability.
    public static let probability = 0.1
  }

  /// I^γ between the sample's smallest and largest value.
  public typealias Gamma = Spread<GammaDefaults>
  /// I + b.
  public typealias Brightness = Spread<BrightnessDefaults>
  /// (I − mean) · c + mean.
  public typealias Contrast = Spread<ContrastDefaults>
  /// I + normal noise.
  public typealias GaussianNoise = Spread<GaussianNoiseDefaults>
  /// Shot noise.
  public typealias PoissonNoise = Spread<PoissonNoiseDefaults>
  /// A Gaussian blur.
  public typealias Blur = Spread<BlurDefaults>
  /// I + a (I − blurred I).
  public typealias Sharpen = Spread<SharpenDefaults>
  /// I + a smooth field.
  public typealias Haze = Spread<HazeDefaults>
  /// min(I, c) / c.
  public typealias Saturation = Spread<SaturationDefaults>
  /// Thinner sampling along z.
  public typealias LowZResolution = Spread<LowZResolutionDefaults>
}

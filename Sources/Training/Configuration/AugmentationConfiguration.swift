import Microscopy

/// Section `augmentation`: random changes of training samples, each off if its section is absent.
public struct AugmentationConfiguration: ConfigurationSection {
  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case flips, rotate90, rotate, scale, elastic, gamma, brightness, contrast
    case gaussianNoise = "gaussian_noise"
    case poissonNoise = "poisson_noise"
    case blur
    case lowZResolution = "low_z_resolution"
    case sharpen, haze, saturation
  }

  /// Mirroring.
  public var flips: Flips?
  /// Quarter turns in the xy plane.
  public var rotate90: Rotate90?
  /// Small rotations.
  public var rotate: Rotate?
  /// Small changes of size.
  public var scale: Scale?
  /// Smooth random deformation.
  public var elastic: Elastic?
  /// I^γ.
  public var gamma: Gamma?
  /// I + b.
  public var brightness: Brightness?
  /// (I − mean)·c + mean.
  public var contrast: Contrast?
  /// Normal noise.
  public var gaussianNoise: GaussianNoise?
  /// Shot noise.
  public var poissonNoise: PoissonNoise?
  /// Gaussian blur.
  public var blur: Blur?
  /// Thinner sampling along z.
  public var lowZResolution: LowZResolution?
  /// Unsharp masking.
  public var sharpen: Sharpen?
  /// A smooth background.
  public var haze: Haze?
  /// A detector's limit.
  public var saturation: Saturation?

  /// The axes along which samples are mirrored one by one.
  var mirrorAxes: [Axis] {
    switch flips {
    case nil: []
    case .study: [.y, .x]
    case .random(let flips): Axis.allCases.filter(flips.axes.contains)
    }
  }

  /// No augmentation.
  public init() {}

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.custom(.flips, &flips) { node throws(ConfigurationError) in
      if node.text != nil {
        let _: StudyFlips = try section.scalar(.flips, node)
        return .study
      }
      return .random(
        try RandomFlips(
          reading: node, defaults: RandomFlips(), path: section.path + ["flips"],
          context: section.context))
    } write: {
      switch $0 {
      case nil: nil
      case .study: ConfigurationNode(StudyFlips.study.configurationContent)
      case .random(let flips): flips.node(path: section.path + ["flips"])
      }
    }
    try section.section(.rotate90, &rotate90)
    try section.section(.rotate, &rotate)
    try section.section(.scale, &scale)
    try section.section(.elastic, &elastic)
    try section.section(.gamma, &gamma)
    try section.section(.brightness, &brightness)
    try section.section(.contrast, &contrast)
    try section.section(.gaussianNoise, &gaussianNoise)
    try section.section(.poissonNoise, &poissonNoise)
    try section.section(.blur, &blur)
    try section.section(.lowZResolution, &lowZResolution)
    try section.section(.sharpen, &sharpen)
    try section.section(.haze, &haze)
    try section.section(.saturation, &saturation)
  }
}

/// The one word that `flips` may be.
private enum StudyFlips: String, ConfigurationChoice {
  case study
  static var expectation: String { "'study' or a section (probability, axes)" }
}

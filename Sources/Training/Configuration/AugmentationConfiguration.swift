import Microscopy

/// Section `augmentation`: random changes of training samples, each off if its section is absent.
package struct AugmentationConfiguration: ConfigurationSection {
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
  package var flips: Flips?
  /// Quarter turns in the xy plane.
  package var rotate90: Rotate90?
  /// Small rotations.
  package var rotate: Rotate?
  /// Small changes of size.
  package var scale: Scale?
  /// Smooth random deformation.
  package var elastic: Elastic?
  /// I^γ.
  package var gamma: Gamma?
  /// I + b.
  package var brightness: Brightness?
  /// (I − mean)·c + mean.
  package var contrast: Contrast?
  /// Normal noise.
  package var gaussianNoise: GaussianNoise?
  /// Shot noise.
  package var poissonNoise: PoissonNoise?
  /// Gaussian blur.
  package var blur: Blur?
  /// Thinner sampling along z.
  package var lowZResolution: LowZResolution?
  /// Unsharp masking.
  package var sharpen: Sharpen?
  /// A smooth background.
  package var haze: Haze?
  /// A detector's limit.
  package var saturation: Saturation?

  /// The axes along which samples are mirrored one by one.
  var mirrorAxes: [Axis] {
    switch flips {
    case nil: []
    case .study: [.y, .x]
    case .random(let flips): Axis.allCases.filter(flips.axes.contains)
    }
  }

  /// No augmentation.
  package init() {}

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

import ArgumentParser
import Segmentation

/// How foreground is found without a network.
struct ClassicalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the threshold is chosen: by Li's or by Otsu's method (default: li).", valueName: "rule"))
  var thresholdRule: ClassicalForeground.Rule?

  @Option(help: ArgumentHelp("Multiplies the threshold (default: 1.15).", valueName: "factor"))
  var thresholdFactor: Double?

  @Option(
    help: ArgumentHelp(
      "The σ of the Gaussian filter before the threshold (default: 1).", valueName: "µm"))
  var smoothing: Double?

  /// Whether an option is given.
  var isGiven: Bool { thresholdRule != nil || thresholdFactor != nil || smoothing != nil }

  func validate() throws {
    if let thresholdFactor, !(thresholdFactor > 0 && thresholdFactor.isFinite) {
      throw ValidationError("--threshold-factor is a number above 0")
    }
    if let smoothing, !((0...1000).contains(smoothing)) {
      throw ValidationError("--smoothing is 0 to 1000 µm")
    }
  }

  /// The rules of these options.
  var rules: ClassicalForeground {
    var rules = ClassicalForeground()
    if let thresholdRule { rules.rule = thresholdRule }
    if let thresholdFactor { rules.factor = thresholdFactor }
    if let smoothing { rules.smoothing = smoothing }
    return rules
  }
}

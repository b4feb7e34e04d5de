import ArgumentParser
import Networks
import Segmentation

/// What few users need when foreground becomes nuclei.
struct InstanceDetailOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How centers are read from the NDN's probability (default: maxima).", valueName: "rule"))
  var centers: SegmentationParameters.CenterRule?

  @Option(
    help: ArgumentHelp(
      "The probability from which a voxel may be a center (default: the model's).", valueName: "p"))
  var centerThreshold: Double?

  @Option(
    help: ArgumentHelp("The smallest distance between two centers (default: 3).", valueName: "µm"))
  var centerRadius: Double?

  @Option(
    help: ArgumentHelp(
      "What becomes of parts of the foreground without a center; nuclei.csv flags them (default: split).",
      valueName: "rule"))
  var uncentered: SegmentationParameters.Uncentered?

  @Option(
    help: ArgumentHelp(
      "Drop nuclei without a center smaller than this, unless they touch the border of the image (default: 700).",
      valueName: "µm³"))
  var minUncenteredVolume: Double?

  @Option(
    help: ArgumentHelp(
      "Drop nuclei smaller than this share of the frame's median nucleus, unless they touch the border of the image (default: 0.1; 0 with --method classical).",
      valueName: "share"))
  var minRelativeVolume: Double?

  @Option(
    help: ArgumentHelp(
      "The smallest distance between two maxima of the distance map (default: 5).", valueName: "µm")
  )
  var distanceRadius: Double?

  @Option(
    help: ArgumentHelp(
      "The σ of the Gaussian filter of the distance map before its maxima are taken (default: 0.8).",
      valueName: "µm"))
  var distanceSmoothing: Double?

  @Flag(inversion: .prefixedNo, help: "Fill background that is enclosed by foreground.")
  var fillHoles = true

  @Option(
    help: ArgumentHelp(
      "Statistics of batch normalization (default: as the weights say).", valueName: "kind"))
  var batchNorm: InferenceStatistics?

  func validate() throws {
    if let centerThreshold, !(0...1).contains(centerThreshold) {
      throw ValidationError("--center-threshold is a probability, 0 to 1")
    }
    let lengths = [
      ("center-radius", centerRadius), ("distance-radius", distanceRadius),
      ("distance-smoothing", distanceSmoothing),
    ]
    for (name, value) in lengths {
      if let value, !(0...1000).contains(value) {
        throw ValidationError("--\(name) is 0 to 1000 µm")
      }
    }
    let volumes = [
      ("min-uncentered-volume", minUncenteredVolume), ("min-relative-volume", minRelativeVolume),
    ]
    for (name, value) in volumes {
      if let value, !(value >= 0 && value.isFinite) {
        throw ValidationError("--\(name) is a number of at least 0")
      }
    }
  }

  /// Changes what the options say.
  func apply(to parameters: inout SegmentationParameters) {
    if let centers { parameters.centerRule = centers }
    if let centerThreshold { parameters.centerThreshold = centerThreshold }
    if let centerRadius { parameters.centerRadius = centerRadius }
    if let uncentered { parameters.uncentered = uncentered }
    if let minUncenteredVolume { parameters.minimumUncenteredVolume = minUncenteredVolume }
    if let minRelativeVolume { parameters.minimumRelativeVolume = minRelativeVolume }
    if let distanceRadius { parameters.distanceRadius = distanceRadius }
    if let distanceSmoothing { parameters.distanceSmoothing = distanceSmoothing }
    parameters.fillsHoles = fillHoles
  }
}

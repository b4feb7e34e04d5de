import ArgumentParser
import Microscopy
import Segmentation

/// How foreground and centers become instances.
struct InstanceOptions: ParsableArguments {
  @Option(
    name: .customLong("instances"),
    help: ArgumentHelp(
      "What separates nuclei: centers (a watershed from the NDN's centers, as in QCANet), combined (the same, with maxima of the distance map where no center is near), watershed (from the maxima alone) or components (default: combined with --ndn, else watershed).",
      valueName: "rule"))
  var splitting: SegmentationParameters.Splitting?

  @Option(
    help: ArgumentHelp(
      "How centers are read off the NDN's probability: maxima or components (default: maxima).",
      valueName: "rule"))
  var centers: SegmentationParameters.CenterRule?

  @Option(
    help: ArgumentHelp(
      "Parts of the foreground without a center: keep them as one nucleus, split them by their own distance map, or drop them; nuclei.csv flags them (default: split).",
      valueName: "rule"))
  var uncentered: SegmentationParameters.Uncentered?

  @Option(
    help: ArgumentHelp(
      "The foreground probability from which a voxel is nucleus (default: the model's).",
      valueName: "p"))
  var threshold: Double?

  @Option(
    help: ArgumentHelp(
      "The probability from which a voxel may be a center (default: the model's).", valueName: "p"))
  var centerThreshold: Double?

  @Option(
    help: ArgumentHelp("The least distance between two centers (default: 3).", valueName: "µm"))
  var centerRadius: Double?

  @Option(
    help: ArgumentHelp(
      "The least distance between two maxima of the distance map (default: 5).", valueName: "µm"))
  var distanceRadius: Double?

  @Option(
    help: ArgumentHelp(
      "The σ that the distance map is smoothed with before its maxima are taken (default: 0.8).",
      valueName: "µm"))
  var distanceSmoothing: Double?

  @Option(
    help: ArgumentHelp(
      "Drop nuclei smaller than this (default: 30, with --method classical 250).", valueName: "µm³")
  )
  var minVolume: Double?

  @Option(
    help: ArgumentHelp(
      "Drop nuclei smaller than this part of the frame's median nucleus, unless they touch the border of the image (default: 0.1, with --method classical 0).",
      valueName: "part"))
  var minRelativeVolume: Double?

  @Option(
    help: ArgumentHelp(
      "Drop nuclei without a center smaller than this, unless they touch the border of the image (default: 700).",
      valueName: "µm³"))
  var minUncenteredVolume: Double?

  @Flag(
    inversion: .prefixedNo, help: "Fill background that is enclosed by foreground.")
  var fillHoles = true

  func validate() throws {
    for (name, value) in [("threshold", threshold), ("center-threshold", centerThreshold)] {
      if let value, !(0...1).contains(value) {
        throw ValidationError("--\(name) is a probability, 0 to 1")
      }
    }
    let lengths = [
      ("center-radius", centerRadius), ("distance-radius", distanceRadius),
      ("distance-smoothing", distanceSmoothing), ("min-volume", minVolume),
      ("min-uncentered-volume", minUncenteredVolume), ("min-relative-volume", minRelativeVolume),
    ]
    for (name, value) in lengths {
      if let value, !(value >= 0 && value.isFinite) {
        throw ValidationError("--\(name) is a number of at least 0")
      }
    }
  }

  /// The rules, checked against the models at hand.
  func parameters(hasModel: Bool, hasDetector: Bool) throws -> SegmentationParameters {
    var parameters = hasModel ? SegmentationParameters() : .classical
    parameters.splitting = splitting ?? (hasDetector ? .combined : .watershed)
    if parameters.splitting.needsCenters, !hasDetector {
      throw InputError(
        "--instances \(parameters.splitting.rawValue)",
        "needs the centers of a detection network; give --ndn, or --instances watershed")
    }
    if let threshold {
      guard hasModel else {
        throw InputError(
          "--threshold", "is about a network's probability; use --threshold-factor")
      }
      parameters.foregroundThreshold = threshold
    }
    if let centers { parameters.centerRule = centers }
    if let uncentered { parameters.uncentered = uncentered }
    if let centerThreshold { parameters.centerThreshold = centerThreshold }
    if let centerRadius { parameters.centerRadius = centerRadius }
    if let distanceRadius { parameters.distanceRadius = distanceRadius }
    if let distanceSmoothing { parameters.distanceSmoothing = distanceSmoothing }
    if let minVolume { parameters.minimumVolume = minVolume }
    if let minRelativeVolume { parameters.minimumRelativeVolume = minRelativeVolume }
    if let minUncenteredVolume { parameters.minimumUncenteredVolume = minUncenteredVolume }
    parameters.fillsHoles = fillHoles
    return parameters
  }
}

extension SegmentationParameters.Splitting: ExpressibleByArgument {}
extension SegmentationParameters.CenterRule: ExpressibleByArgument {}
extension SegmentationParameters.Uncentered: ExpressibleByArgument {}

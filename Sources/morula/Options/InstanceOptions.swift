import ArgumentParser
import Segmentation

/// How the foreground becomes nuclei.
struct InstanceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What separates nuclei that touch.", valueName: "rule"))
  var instances: SegmentationParameters.Splitting?

  @Option(
    help: ArgumentHelp(
      "The foreground probability from which a voxel belongs to a nucleus (default: the model's).",
      valueName: "p"))
  var threshold: Double?

  @Option(
    help: ArgumentHelp(
      "Drop nuclei smaller than this (default: 30; 250 with --method classical).", valueName: "µm³")
  )
  var minVolume: Double?

  func validate() throws {
    if let threshold, !(0...1).contains(threshold) {
      throw ValidationError("--threshold is a probability, 0 to 1")
    }
    if let minVolume, !(minVolume >= 0 && minVolume.isFinite) {
      throw ValidationError("--min-volume is a number of at least 0")
    }
  }
}

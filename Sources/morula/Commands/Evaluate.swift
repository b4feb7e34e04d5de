import ArgumentParser
import Compute
import Foundation
import Microscopy
import Morphometry
import Segmentation

/// `morula evaluate`
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score label images against ground truth: IoU, SEG, MUCov, DET, TRA, AP, F1, PQ.",
    usage: "morula evaluate --prediction <labels> --truth <labels> [<options>]",
    discussion: """
      Files are paired by name or by their numbers; words such as _labels or _cp_masks do not \
      count. The output folder of `morula segment` and the layouts of the Cell \
      Tracking Challenge (mask000.tif with man_seg000.tif or man_track000.tif) are understood, and \
      hyperstacks are compared frame by frame. A truth without a prediction counts as an empty \
      prediction.

      Scores are printed by the number of true nuclei and overall, with bootstrap confidence \
      intervals; docs/evaluation.md defines each of them.

      Examples:
        morula evaluate --prediction out --truth data/instances
        morula evaluate --prediction out --truth data/instances \\
          --json scores.json --csv volumes.csv
      """)

  /// What is compared, and what is written.
  struct Files: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Predicted labels: a TIFF, an OME-Zarr image or a folder of them.",
        valueName: "labels"))
    var prediction: String

    @Option(
      help: ArgumentHelp(
        "True labels: a TIFF, an OME-Zarr image or a folder of them.",
        valueName: "labels"))
    var truth: String

    @Flag(
      help: "Leave out volumes without a prediction, which count as empty predictions otherwise.")
    var onlyPredicted = false

    @Option(help: ArgumentHelp("Write all scores as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write a table with one row per volume.", valueName: "file"))
    var csv: String?
  }

  /// How it is compared.
  struct Scores: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Bins of the number of true nuclei, each with scores of its own.", valueName: "bins"))
    var stages = StageList(stages: Stage.standard)

    @Option(
      help: ArgumentHelp(
        "The largest distance between a predicted centroid and the true one (default: 5).",
        valueName: "µm"))
    var detectionRadius: Double?

    @Option(
      help: ArgumentHelp("The voxel size in µm; overrides that of the files.", valueName: "x,y,z"))
    var voxelSize: VoxelSize?

    func validate() throws {
      if let detectionRadius, !(0...1_000_000).contains(detectionRadius) {
        throw ValidationError("--detection-radius is 0 to 1000000 µm, for example 5")
      }
    }
  }

  /// What few users need.
  struct Details: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Resamples of the volumes for confidence intervals; 0 for none.", valueName: "n"))
    var bootstrap = 2000

    @Option(help: ArgumentHelp("The seed of the resampling.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var limits: ImageLimitOptions

    func validate() throws {
      if !(0...1_000_000).contains(bootstrap) {
        throw ValidationError("--bootstrap is a number of resamples up to 1000000, or 0")
      }
    }
  }

  @OptionGroup(title: "Files") var files: Files
  @OptionGroup(title: "Scores") var scores: Scores
  @OptionGroup(title: "Expert") var details: Details
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    compute.apply()
    details.limits.apply()
    try reportingFailures {
      var comparison = try SegmentationComparison(
        prediction: files.prediction, truth: files.truth, onlyPredicted: files.onlyPredicted)
      let protected = ProtectedInputs(comparison.files)
      for output in [files.json, files.csv].compactMap({ $0 }) {
        try protected.check(output, as: .file)
      }
      comparison.voxelSize = scores.voxelSize
      comparison.parameters.detectionRadius = scores.detectionRadius ?? 5
      comparison.parameters.stages = scores.stages.stages
      comparison.parameters.bootstrap.resamples = details.bootstrap
      comparison.parameters.bootstrap.seed = details.seed
      var line = ProgressLine()
      let total = comparison.pairs.pairs.count
      let evaluation = try comparison.evaluate { done, name in
        line.show("\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(name)")
      }
      if scores.detectionRadius != nil, evaluation.overall[.detectionF1] == nil {
        throw InputError(
          files.truth,
          "no file tells the voxel size, which --detection-radius needs; add --voxel-size")
      }
      Self.printNotes(evaluation, comparison.pairs, &line)
      let shown = Result { try print(evaluation.text, terminator: "") }
      // Scores that cannot be saved have been seen at least.
      if let json = files.json { try evaluation.json.write(to: json) }
      if let csv = files.csv { try evaluation.table.write(to: csv) }
      try shown.get()
    }
  }

  /// What must not be overlooked.
  private static func printNotes(
    _ evaluation: Evaluation, _ pairs: LabelPairs, _ line: inout ProgressLine
  ) {
    for note in evaluation.notes { line.print("note: \(note)") }
    let unpredicted = pairs.unpredictedTruths
    if !unpredicted.isEmpty {
      line.print(
        "note: \(unpredicted.count.counted("volume")) without a prediction, left out: "
          + shortened(unpredicted))
    }
    let missing = evaluation.missingPredictions
    if !missing.isEmpty {
      line.print(
        "note: \(missing.count) of \(evaluation.volumes.count.counted("volume")) without a "
          + "prediction, counted as empty: \(shortened(missing))")
    }
    let unmatched = evaluation.unmatchedPredictions
    if !unmatched.isEmpty {
      line.print(
        "note: \(unmatched.count.counted("prediction")) without a truth, left out: "
          + shortened(unmatched))
    }
    if evaluation.overall[.detectionF1] == nil {
      line.print(
        "note: the voxel size is unknown, so centroids are not matched; state it with --voxel-size")
    }
    let outside = evaluation.volumes.count { evaluation.stage(of: $0) == nil }
    if outside > 0 {
      line.print(
        "note: \(outside.counted("volume")) in no bin of --stages, counted in the overall scores")
    }
  }

  private static func shortened(_ names: [String]) -> String {
    names.prefix(3).joined(separator: ", ")
      + (names.count > 3 ? " and \(names.count - 3) more" : "")
  }
}

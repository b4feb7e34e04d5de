import ArgumentParser
import Foundation
import Microscopy
import Morphometry
import Segmentation

/// `morula evaluate`
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare label images with the truth: IoU, SEG, MUCov, DET, TRA, AP, F1, PQ.",
    discussion: """
      Files are paired by name; the output folder of `morula segment` and the layouts of the Cell \
      Tracking Challenge (mask000.tif with man_seg000.tif or man_track000.tif) are understood, and \
      4D stacks are compared frame by frame. A truth without a prediction counts as an empty \
      prediction. Scores are printed by number of true nuclei and overall, with bootstrap confidence \
      intervals; docs/evaluation.md defines each of them.

      Example:
        morula evaluate --prediction results --truth data/instances --json scores.json
      """)

  @Option(
    help: ArgumentHelp(
      "Predicted labels: a TIFF, an OME-Zarr image or a folder of them.",
      valueName: "file or folder"))
  var prediction: String

  @Option(
    help: ArgumentHelp(
      "True labels: a TIFF, an OME-Zarr image or a folder of them.",
      valueName: "file or folder"))
  var truth: String

  @Option(help: ArgumentHelp("Write all scores as JSON.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Write a table with a row per volume.", valueName: "file"))
  var csv: String?

  @Option(
    help: ArgumentHelp(
      "Bins of the number of true nuclei, each scored by itself.", valueName: "bins"))
  var stages = StageList(stages: Stage.standard)

  @Option(
    help: ArgumentHelp(
      "How far a predicted centroid may lie from the true one, in µm (default: 5).",
      valueName: "µm"))
  var detectionRadius: Double?

  @Option(
    help: ArgumentHelp(
      "The voxel size in µm, instead of what the files say.", valueName: "x,y,z"))
  var voxelSize: VoxelSize?

  @Option(
    help: ArgumentHelp(
      "Resamples of the volumes for confidence intervals; 0 for none.", valueName: "n"))
  var bootstrap = 2000

  @Option(help: ArgumentHelp("The seed of the resampling.", valueName: "n"))
  var seed: UInt64 = 0

  @OptionGroup var limits: ImageLimitOptions
  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if let detectionRadius, !(detectionRadius >= 0 && detectionRadius.isFinite) {
      throw ValidationError("--detection-radius is a length in µm, 5 say")
    }
    if bootstrap < 0 { throw ValidationError("--bootstrap is a number of resamples, or 0") }
  }

  func run() throws {
    compute.apply()
    limits.apply()
    try reportingFailures {
      var comparison = try SegmentationComparison(prediction: prediction, truth: truth)
      comparison.voxelSize = voxelSize
      comparison.parameters.detectionRadius = detectionRadius ?? 5
      comparison.parameters.stages = stages.stages
      comparison.parameters.bootstrap.resamples = bootstrap
      comparison.parameters.bootstrap.seed = seed
      var line = ProgressLine()
      let total = comparison.pairs.pairs.count
      let evaluation = try comparison.evaluate { done, name in
        line.show("\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(name)")
      }
      if detectionRadius != nil, evaluation.overall[.detectionF1] == nil {
        throw InputError(
          truth, "no file tells the voxel size, which --detection-radius needs; add --voxel-size")
      }
      Self.printNotes(evaluation, &line)
      print(evaluation.text, terminator: "")
      // Scores that cannot be saved have been seen at least.
      if let json { try evaluation.json.write(to: json) }
      if let csv { try evaluation.table.write(to: csv) }
    }
  }

  /// What must not be overlooked.
  private static func printNotes(_ evaluation: Evaluation, _ line: inout ProgressLine) {
    let missing = evaluation.missingPredictions
    if !missing.isEmpty {
      line.print(
        "note: \(missing.count) of \(evaluation.volumes.count) volumes have no prediction and count "
          + "as empty: \(shortened(missing))")
    }
    let unmatched = evaluation.unmatchedPredictions
    if !unmatched.isEmpty {
      line.print(
        "note: \(unmatched.count) predictions have no truth and are left out: \(shortened(unmatched))"
      )
    }
    if evaluation.overall[.detectionF1] == nil {
      line.print(
        "note: no voxel size is known, so centroids are not matched; give it with --voxel-size")
    }
    let outside = evaluation.volumes.count { evaluation.stage(of: $0) == nil }
    if outside > 0 {
      line.print("note: \(outside) volumes are in no bin of --stages; they count overall")
    }
  }

  private static func shortened(_ names: [String]) -> String {
    names.prefix(3).joined(separator: ", ")
      + (names.count > 3 ? " and \(names.count - 3) more" : "")
  }
}

/// The bins of `--stages`: `1-2,3-4,5-8,9-`.
struct StageList: ExpressibleByArgument {
  let stages: [Stage]

  init(stages: [Stage]) { self.stages = stages }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let stages = parts.compactMap {
      Stage(text: $0.trimmingCharacters(in: .whitespaces))
    }
    guard stages.count == parts.count else { return nil }
    for (index, stage) in stages.enumerated() {
      for other in stages[..<index] where other.overlaps(stage) { return nil }
    }
    self.stages = stages
  }

  var defaultValueDescription: String { stages.map(\.description).joined(separator: ",") }
}

import ArgumentParser
import Pipeline

/// `morula synthesize`
struct Synthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make small volumes of nuclei with ground truth, to try the commands without data.",
    discussion: """
      Writes images/, nsn/ (regions), ndn/ (centers) and instances/ with equal file names, \
      Emb01_t001.tif and so on: 16-bit and 8-bit TIFFs with their voxel size, 0.8 × 0.8 × 1.75 µm. \
      The same seed gives the same bytes.

      Example:
        morula synthesize --output data --embryos 4 --time-points 4 --seed 1
      """)

  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("The number of embryos.", valueName: "n"))
  var embryos = 4

  @Option(
    help: ArgumentHelp("Stages of each embryo, of 2, 4, 8 … nuclei.", valueName: "n"))
  var timePoints = 4

  @Option(help: ArgumentHelp("The seed of all randomness.", valueName: "n"))
  var seed: UInt64 = 1

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    guard (1...999).contains(embryos), (1...999).contains(timePoints) else {
      throw ValidationError("--embryos and --time-points are 1 to 999")
    }
  }

  func run() throws {
    compute.apply()
    try reportingFailures {
      var line = ProgressLine()
      let dataSet = SyntheticDataSet(embryos: embryos, timePoints: timePoints, seed: seed)
      try dataSet.write(to: output) { done, total in
        line.show("\(ProgressLine.bar(done, of: total)) \(done)/\(total) volumes")
      }
      line.print("\(embryos * timePoints) volumes with ground truth in \(output)")
    }
  }
}

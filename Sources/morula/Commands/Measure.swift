import ArgumentParser
import Foundation
import Microscopy
import Segmentation

/// `morula measure`
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure every object of label images: shape, surface, intensity, criteria.",
    discussion: """
      LABELS are label TIFFs of any program (8, 16 or 32 bits, 0 is background): 3D stacks, folders of \
      them, ImageJ and OME hyperstacks, or OME-Zarr label images. The folder --output receives nuclei.csv (one row per \
      nucleus and frame), criteria.csv and criteria_v2.csv (one row per frame); with several series \
      the criteria are in a folder for each. All lengths are in µm; docs/measurements.md explains \
      every column.

      Images are paired with labels by name. The voxel size is that of the labels' file, else of the \
      image's, unless --voxel-size is given.

      Examples:
        morula measure labels/ --image images/ --output tables
        morula measure masks.tif --voxel-size 0.8,0.8,1.75 --frame-interval 600 --output tables
      """)

  @Argument(help: "Label TIFFs, hyperstacks, OME-Zarr label images, or folders of them.")
  var labels: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The raw images, for intensities: TIFFs, OME-Zarr images, or folders of them.",
      valueName: "file or folder"))
  var image: [String] = []

  @Option(help: ArgumentHelp("The folder for the tables.", valueName: "folder"))
  var output: String

  @OptionGroup(title: "Images") var images: SeriesOptions

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if images.channel != nil, image.isEmpty {
      throw ValidationError("--channel chooses a channel of --image, which is missing")
    }
  }

  func run() throws {
    compute.apply()
    images.limits.apply()
    try reportingFailures {
      let series = try MeasurementSeries.open(
        labels: labels, images: image, options: images.options)
      try execute(MeasurementRun(series, output: output))
    }
  }

  private func execute(_ run: MeasurementRun) throws {
    var line = ProgressLine()
    for warning in run.series.flatMap(\.warnings) { line.print("note: \(warning)") }
    Interruption.listen()
    let start = ContinuousClock.now
    func seconds() -> Double { start.duration(to: .now) / .seconds(1) }
    let summaries = try run.run(shouldStop: { Interruption.requested != nil }) { event in
      switch event {
      case .frame(let done, let total, let name, let nuclei):
        let left = seconds() / Double(done) * Double(total - done)
        line.show(
          "\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(name): \(nuclei) \(nuclei == 1 ? "nucleus" : "nuclei")  "
            + "\(ProgressLine.duration(left)) left", always: done == total)
      case .failure(_, _, let message): line.print("morula: error: \(message)")
      }
    }
    for summary in summaries { line.print(Self.text(summary)) }
    line.print(
      "\(summaries.reduce(0) { $0 + $1.counts.reduce(0, +) }) nuclei in "
        + "\(summaries.reduce(0) { $0 + $1.frames }) of "
        + "\(run.series.reduce(0) { $0 + $1.frames.count }) frames measured in "
        + "\(ProgressLine.duration(seconds())); see \(output)/nuclei.csv and criteria.csv")
    if let signal = Interruption.requested { throw ExitCode(128 + signal) }
    if summaries.contains(where: { $0.failures > 0 }) { throw ExitCode.failure }
  }

  /// A series in one line: `Emb01: 11 frames, 2 to 60 nuclei, mean volume 1520 µm³`.
  private static func text(_ summary: MeasurementRun.Summary) -> String {
    var text = "\(summary.series): \(summary.frames) frame\(summary.frames == 1 ? "" : "s")"
    if let least = summary.counts.min(), let most = summary.counts.max() {
      text += ", \(least == most ? "" : "\(least) to ")\(most) nuclei"
      let nuclei = summary.counts.reduce(0, +)
      if nuclei > 0 { text += ", mean volume \(Int(summary.volume / Double(nuclei))) µm³" }
    }
    return summary.failures > 0 ? text + ", \(summary.failures) failed" : text
  }
}

import ArgumentParser
import Compute
import Foundation
import Microscopy
import Segmentation

/// `morula measure`
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure every nucleus of label images: shape, surface, intensity, criteria.",
    usage: "morula measure <labels> ... --output <folder> [<options>]",
    discussion: """
      Labels come from any program, as 8, 16 or 32 bits where 0 is background: 3D TIFFs (z-stacks), \
      folders of them, ImageJ and OME hyperstacks, or OME-Zarr label images.

      The folder --output receives nuclei.csv (one row per nucleus and frame), criteria.csv and \
      criteria_v2.csv (one row per frame); with several series, the criteria are in a folder for \
      each. Lengths are in µm; docs/measurements.md explains every column.

      Images are paired with labels by name or by their numbers; words such as _labels or _cp_masks \
      do not count. The voxel size is that of the label file or, if it has \
      none, of the image.

      Examples:
        morula measure labels/ --image images/ --output tables
        morula measure masks.tif --output tables --voxel-size 0.8,0.8,1.75 \\
          --frame-interval 600
      """)

  /// The raw images, and what is written.
  struct Files: ParsableArguments {
    @Option(help: ArgumentHelp("The folder for the tables.", valueName: "folder"))
    var output: String

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp(
        "The raw images, to measure intensities: TIFFs, OME-Zarr images, or folders of them.",
        valueName: "file or folder"))
    var image: [String] = []
  }

  @Argument(help: "Label TIFFs, hyperstacks, OME-Zarr label images, or folders of them.")
  var labels: [String]

  @OptionGroup(title: "Files") var files: Files
  @OptionGroup(title: "Run") var job: RunOptions
  @OptionGroup(title: "Images") var images: SeriesOptions
  @OptionGroup(title: "Expert") var limits: ImageLimitOptions
  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if images.channel != nil, files.image.isEmpty {
      throw ValidationError("--channel chooses a channel of --image, which is missing")
    }
  }

  func run() throws {
    compute.apply()
    limits.apply()
    try reportingFailures {
      let series = try MeasurementSeries.open(
        labels: labels, images: files.image, options: images.options)
      var run = MeasurementRun(series, output: files.output, overwrites: job.overwrite)
      run.shard = try job.part()
      try execute(run)
    }
  }

  private func execute(_ run: MeasurementRun) throws {
    var display = try RunDisplay(job)
    for warning in run.series.flatMap(\.warnings) { display.print("note: \(warning)") }
    Interruption.listen()
    let summaries = try run.run(shouldStop: { Interruption.requested != nil }) {
      try display.show($0)
    }
    for summary in summaries {
      if let first = summary.notes.first {
        display.print(
          "note: \(first.frame)"
            + (summary.notes.count > 1
              ? " (and \((summary.notes.count - 1).counted("more frame")))" : "")
            + " \(first.note)")
      }
      display.print(Self.text(summary))
    }
    let total = Shard.count(run.shard, of: run.series.flatMap { $0.frames.map(\.labels) })
    let nuclei = summaries.reduce(0) { $0 + $1.counts.reduce(0, +) }
    display.print(
      "\(nuclei.counted("nucleus", "nuclei")) in \(summaries.reduce(0) { $0 + $1.frames }) of "
        + "\(total.counted("frame")) measured in "
        + "\(ProgressLine.duration(display.elapsed))\(display.rate); see \(files.output)/nuclei.csv and "
        + "criteria.csv")
    if let signal = Interruption.requested { Interruption.end(signal) }
    let failures = summaries.reduce(0) { $0 + $1.failures }
    if let status = ExitStatus(failures: failures, of: total) { throw status.exitCode }
  }

  /// A series in one line: `Emb01: 11 frames, 2 to 60 nuclei, mean volume 1520 µm³`.
  private static func text(_ summary: MeasurementRun.Summary) -> String {
    var text = "\(summary.series): \(summary.frames.counted("frame"))"
    if let fewest = summary.counts.min(), let most = summary.counts.max() {
      text += ", \(fewest == most ? "" : "\(fewest) to ")\(most.counted("nucleus", "nuclei"))"
      let nuclei = summary.counts.reduce(0, +)
      if nuclei > 0 { text += ", mean volume \(Int(clamped: summary.volume / Double(nuclei))) µm³" }
    }
    return summary.failures > 0 ? text + ", \(summary.failures) failed" : text
  }
}

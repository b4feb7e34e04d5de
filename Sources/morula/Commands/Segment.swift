import ArgumentParser
import Compute
import Foundation
import Microscopy
import Segmentation
import Tensors

/// `morula segment`
struct Segment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Segment every nucleus of time series and measure it.",
    discussion: """
      Each INPUT is a 3D TIFF, a folder of them (in the order of the numbers in their names, one \
      series for names that differ only in the time), an ImageJ or OME hyperstack, or an OME-Zarr image. The folder \
      --output receives labels/<name>.tif (16-bit, 0 is background), nuclei.csv (one row per nucleus \
      and frame), criteria.csv and criteria_v2.csv (one row per frame) and run.json.

      It is QCANet with the models that Morula brings along, or with those of --nsn and --ndn: the NSN \
      finds the foreground, the NDN the centers, and a watershed from the centers (and from maxima of \
      the distance map where the NDN missed one) splits the foreground; --instances centers is the \
      published rule. --method classical smooths and thresholds instead: the baseline to compare with.

      Examples:
        morula segment movie.tif --output out
        morula segment images/ --output out --voxel-size 0.8,0.8,1.75 --frame-interval 600
        morula segment images/ --output out --nsn runs/nsn/best.safetensors --instances watershed --masks
      """)

  @Argument(help: "3D TIFFs, hyperstacks, OME-Zarr images, or folders of them.")
  var inputs: [String]

  @Option(help: ArgumentHelp("The folder for results.", valueName: "folder"))
  var output: String

  @OptionGroup(title: "Images") var images: SeriesOptions
  @OptionGroup(title: "Foreground and centers") var models: SegmentModelOptions
  @OptionGroup(title: "Instances") var instances: InstanceOptions

  @Flag(help: "Write the labels of each series as one hyperstack, labels/<series>.tif.")
  var hyperstack = false

  @Flag(help: "Write foreground masks (8-bit, 255 is foreground) to masks/.")
  var masks = false

  @Flag(help: "Write the networks' probabilities (float32) to probabilities/ and centers/.")
  var probabilities = false

  @OptionGroup var engine: EngineOptions

  func run() throws {
    engine.apply()
    images.limits.apply()
    try reportingFailures {
      let (segmenter, files) = try models.segmenter(instances)
      let series = try ImageSeries.open(inputs, options: images.options)
      var options = SegmentationRun.Options()
      options.writesHyperstack = hyperstack
      options.writesMasks = masks
      options.writesProbabilities = probabilities
      var record = RunRecord(command: CommandLine.arguments, segmenter: segmenter)
      for file in files { try record.add(file.model, role: file.role, path: file.path) }
      let run = SegmentationRun(segmenter, series: series, output: output, options: options)
      try execute(run, record)
    }
  }

  private func execute(_ run: SegmentationRun, _ record: RunRecord) throws {
    var line = ProgressLine()
    for series in run.series {
      for warning in series.warnings { line.print("note: \(series.name): \(warning)") }
    }
    if models.lacksNetwork {
      line.print(
        "note: there are no models (`morula model list`) and no --nsn, so nuclei are found by a "
          + "threshold (--method classical)")
    }
    if models.usesNetwork, let advice = Engine.blasAdvice { line.print("note: \(advice)") }
    Interruption.listen()
    let start = ContinuousClock.now
    func left(_ done: Int, _ total: Int) -> String {
      let elapsed = start.duration(to: .now) / .seconds(1)
      return ProgressLine.duration(elapsed / Double(done) * Double(total - done)) + " left"
    }
    let result = try run.run(
      record: record, shouldStop: { Interruption.requested != nil }
    ) { event in
      switch event {
      case .frame(let done, let total, let name, let nuclei):
        line.show(
          "\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(name): \(nuclei) \(nuclei == 1 ? "nucleus" : "nuclei")  "
            + left(done, total), always: done == total)
      case .failure(_, _, let message): line.print("morula: error: \(message)")
      }
    }
    let frames = result.series.flatMap(\.frames)
    line.print(
      (result.isInterrupted ? "Interrupted: " : "")
        + "\(frames.count - result.failures) of \(run.series.reduce(0) { $0 + $1.frames.count }) frames, "
        + "\(frames.compactMap(\.nuclei).reduce(0, +)) nuclei in "
        + "\(ProgressLine.duration(result.seconds)); see \(output)/labels, nuclei.csv, criteria.csv"
    )
    if let signal = Interruption.requested { throw ExitCode(128 + signal) }
    if result.failures > 0 { throw ExitCode.failure }
  }
}

import ArgumentParser
import Compute
import Foundation
import Microscopy
import Segmentation
import Tensors

/// `morula segment`
struct Segment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Segment and measure every nucleus of time series of z-stacks.",
    usage: "morula segment <inputs> ... --output <folder> [<options>]",
    discussion: """
      An input is a 3D TIFF (a z-stack), a folder of them, an ImageJ or OME hyperstack, or an OME-Zarr \
      image. The files of a folder are ordered by the numbers in their names; names that differ only \
      in the time belong to one series.

      The folder --output receives:
        labels/<name>.tif   the nuclei as labels, 16 bits, 0 is background
        nuclei.csv          one row per nucleus and frame
        criteria.csv        one row per frame, and criteria_v2.csv
        run.json            the options, models and versions of this run
        manifest.jsonl      one line per finished frame: input, results, time

      A run that was stopped, by Ctrl-C, a timeout or a power cut, goes on with the same command: \
      finished frames stay, and the results are the same bytes.

      Morula's own models are used unless --nsn and --ndn name others: the NSN finds the foreground, \
      the NDN the centers of nuclei, and a watershed splits the foreground.

      Examples:
        morula segment movie.tif --output out
        morula segment images/ --output out --voxel-size 0.8,0.8,1.75 \\
          --frame-interval 600
        morula segment movie.zarr --output out --into-input nuclei
        morula segment images/ --output out --nsn runs/nsn/best.safetensors \\
          --instances watershed --masks
      """)

  /// What is written.
  struct Results: ParsableArguments {
    @Option(help: ArgumentHelp("The folder for the results.", valueName: "folder"))
    var output: String

    @Flag(help: "Write the labels of each series as one hyperstack, labels/<series>.tif.")
    var hyperstack = false

    @Flag(help: "Write the labels of each series as one OME-Zarr image, labels/<series>.zarr.")
    var zarr = false

    @Option(help: ArgumentHelp("The version of that image (default: 0.4).", valueName: "version"))
    var ngff: ZarrWriter.Version?

    @Option(
      help: ArgumentHelp(
        "Write the labels into OME-Zarr inputs too, as their label image of this name; everything else of an input stays as it is.",
        valueName: "name"))
    var intoInput: String?

    @Flag(help: "Write foreground masks too (8 bits, 255 is foreground), to masks/.")
    var masks = false

    @Flag(help: "Write the networks' probabilities too (float32), to probabilities/ and centers/.")
    var probabilities = false

    func validate() throws {
      if zarr, hyperstack {
        throw ValidationError("--hyperstack and --zarr exclude each other; give one")
      }
      if ngff != nil, !zarr {
        throw ValidationError(
          "--ngff goes with --zarr; labels in an input have the input's version")
      }
      if let intoInput, !NamedLabels.isName(intoInput) {
        throw ValidationError(
          "--into-input takes a name of letters, digits, _ and -, such as nuclei")
      }
    }
  }

  @OptionGroup var inputs: InputOptions

  @OptionGroup(title: "Results") var results: Results
  @OptionGroup(title: "Run") var job: RunOptions
  @OptionGroup(title: "Run") var schedule: ScheduleOptions
  @OptionGroup(title: "Images") var images: SeriesOptions
  @OptionGroup var segmentation: SegmenterOptions
  @OptionGroup(title: "Expert") var expert: ExpertOptions
  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    if schedule.watch != nil, job.shard != nil {
      throw ValidationError("--watch and --shard exclude each other; give one")
    }
  }

  func run() throws {
    compute.apply()
    expert.apply()
    try reportingFailures {
      let (segmenter, files) = try segmentation.segmenter()
      var record = RunRecord(command: ProcessArguments.all, segmenter: segmenter)
      for file in files { try record.add(file.model, role: file.role, path: file.path) }
      let paths = try inputs.paths()
      var display = try RunDisplay(job)
      Interruption.listen()
      if let minutes = schedule.watch {
        try follow(paths, for: 60 * minutes, segmenter, record, &display)
      } else {
        let run = try run(segmenter, on: ImageSeries.open(paths, options: images.options))
        printNotes(run.series, &display)
        if schedule.plan {
          let forecast = try run.forecast(
            record: record, shouldStop: { Interruption.requested != nil })
          if let signal = Interruption.requested { Interruption.end(signal) }
          try endingOnFailure { try print(ForecastText.lines(forecast).joined(separator: "\n")) }
          return
        }
        try finish(execute(run, record, &display), of: run, &display)
      }
    }
  }

  /// A run of the options' kind; the memory for its frames is checked.
  private func run(_ segmenter: Segmenter, on series: [ImageSeries]) throws -> SegmentationRun {
    var options = SegmentationRun.Options()
    options.writesHyperstack = results.hyperstack
    options.zarr = results.zarr ? results.ngff ?? .v04 : nil
    options.inputLabels = results.intoInput
    options.writesMasks = results.masks
    options.writesProbabilities = results.probabilities
    options.overwrites = job.overwrite
    options.shard = try job.part()
    try segmenter.checkMemory(of: series)
    return SegmentationRun(segmenter, series: series, output: results.output, options: options)
  }

  private func execute(
    _ run: SegmentationRun, _ record: RunRecord, _ display: inout RunDisplay
  ) throws -> RunRecord {
    try run.run(record: record, shouldStop: { Interruption.requested != nil }) {
      try display.show($0)
    }
  }

  /// Segments time points as they arrive.
  private func follow(
    _ paths: [String], for idle: Double, _ segmenter: Segmenter, _ record: RunRecord,
    _ display: inout RunDisplay
  ) throws {
    display.print(
      "note: waiting for images until none has come for \(ProgressLine.duration(idle))")
    try ArrivalWatch(paths, idle: idle).run { round in
      var options = images.options
      options.images = round.images
      var run = try run(segmenter, on: ImageSeries.open(paths, options: options))
      // Only the first round may remove what is there.
      if !round.isFirst { run = run.continued }
      if round.isFirst { printNotes(run.series, &display) }
      display.tellsNotes = round.isFirst
      let result = try execute(run, record, &display)
      if round.isLast || result.isInterrupted { try finish(result, of: run, &display) }
      return result.failedPaths
    }
    if let signal = Interruption.requested { Interruption.end(signal) }
  }

  /// Tells how a run has ended, and ends the process as it must.
  private func finish(
    _ result: RunRecord, of run: SegmentationRun, _ display: inout RunDisplay
  ) throws {
    let frames = result.series.flatMap(\.frames)
    let nuclei = frames.compactMap(\.nuclei).reduce(0, +)
    let total = Shard.count(run.options.shard, of: run.series.flatMap(\.frames))
    display.print(
      (result.isInterrupted ? "Interrupted: " : "")
        + "\(frames.count - result.failures) of \(total.counted("frame")), "
        + "\(nuclei.counted("nucleus", "nuclei")) in "
        + "\(ProgressLine.duration(display.elapsed))\(display.rate); see \(results.output)/labels, "
        + "nuclei.csv, "
        + "criteria.csv")
    if let signal = Interruption.requested { Interruption.end(signal) }
    if let status = ExitStatus(failures: result.failures, of: total) { throw status.exitCode }
  }

  /// What must not be overlooked.
  private func printNotes(_ series: [ImageSeries], _ display: inout RunDisplay) {
    if series.count > 1 {
      let names = series.prefix(4).map(\.name).joined(separator: ", ")
      display.print("note: \(series.count) series: \(names)" + (series.count > 4 ? ", …" : ""))
    }
    for series in series {
      let doubts = series.voxelSize?.doubts ?? []
      for warning in series.warnings + doubts { display.print("note: \(series.name): \(warning)") }
    }
    let models = segmentation.models
    if models.lacksNetwork {
      display.print(
        "note: there are no models (`morula model list`) and no --nsn, so nuclei are found by a "
          + "threshold (--method classical)")
    }
    if models.usesNetwork, let advice = Engine.blasAdvice { display.print("note: \(advice)") }
  }
}

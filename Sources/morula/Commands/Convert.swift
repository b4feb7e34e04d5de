import ArgumentParser
import Compute
import Foundation
import Microscopy
import Morphometry
import Segmentation

/// `morula convert`
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Convert images between ImageJ TIFF, OME-TIFF, Cell Tracking Challenge and OME-Zarr.",
    usage: "morula convert <inputs> ... --output <path> [<options>]",
    discussion: """
      An input is a TIFF of any dialect, a folder of TIFFs, one per frame, an OME-Zarr image (or a \
      label image in one: x.zarr/labels/nuclei), or the folder of `morula segment`, which stands for \
      its labels. The name of --output tells the format, unless --to \
      does:

        x.tif                     ImageJ hyperstack
        x.ome.tif                 OME-TIFF
        x.zarr                    OME-Zarr with levels of resolution
        01                        Cell Tracking Challenge, images: t000.tif
        01_RES                    its results: mask000.tif and res_track.txt
        01_GT/TRA, 01_GT/SEG      its truth: man_track000.tif, man_seg000.tif

      Values, voxel size, frame interval, and names and colors of channels are kept. If the format lacks the type of the values, a \
      wider one is used; a value that does not fit is an error. Several series become files of their \
      names in the folder --output.

      A run that was stopped goes on with the same command: frames of OME-Zarr images and of folders, \
      and files in the folder --output, that are done stay.

      Examples:
        morula convert embryo.tif --output embryo.zarr --labels nuclei=labels.tif
        morula convert 01_RES --output tracks.ome.tif \\
          --voxel-size 0.8,0.8,1.75 --frame-interval 600
        morula convert labels.zarr --output 01_RES
        morula convert images/ --to ome-zarr --output zarr
      """)

  @Argument(help: "TIFF files, folders of TIFFs, or OME-Zarr images.")
  var inputs: [String]

  /// What is made of the images.
  struct Results: ParsableArguments {
    @Option(help: ArgumentHelp("The file or folder to write.", valueName: "path"))
    var output: String

    @Option(
      help: ArgumentHelp(
        "The format (default: by the name of --output).", valueName: "format"))
    var to: ImageFormat?

    @Option(
      help: ArgumentHelp(
        "A label image of the same series to store in the OME-Zarr image, under this name.",
        valueName: "name=input"))
    var labels: [NamedLabels] = []

    @Flag(
      help: "Treat the values as labels: integers that are never averaged (default: as files say).")
    var asLabels = false

    @Option(
      help: ArgumentHelp(
        "The table of tracks (L B E P) for labels of the Cell Tracking Challenge (default: the one beside the input).",
        valueName: "file"))
    var tracks: String?

    @Option(
      help: ArgumentHelp("How TIFF pages are compressed.", valueName: "codec"))
    var compression = TIFFCompression.deflate

    @Option(help: ArgumentHelp("The version of OME-Zarr.", valueName: "version"))
    var ngff = ZarrWriter.Version.v04

    @Flag(
      help: "Replace an earlier output, and what an unfinished run with other settings has left.")
    var overwrite = false

    @Option(
      help: ArgumentHelp(
        "Append a line of JSON for each frame: file, status, start and end, seconds, peak memory.",
        valueName: "file.jsonl"))
    var log: String?

    /// The format, by its option or the name of the output; nil if neither tells.
    var format: ImageFormat? { to ?? ImageFormat(output: output) }

    func validate() throws {
      guard let format else {
        throw ValidationError(
          "--output \(output) does not tell the format; name it x.tif, x.ome.tif, x.zarr or 01_RES, or "
            + "give --to")
      }
      if !labels.isEmpty, format != .omeZarr {
        throw ValidationError(
          "--labels goes into OME-Zarr images only; convert labels on their own")
      }
      if tracks != nil, format != .ctc {
        throw ValidationError("--tracks goes with folders of the Cell Tracking Challenge only")
      }
    }
  }

  @OptionGroup(title: "Results") var results: Results
  @OptionGroup(title: "Images") var images: SeriesOptions
  @OptionGroup(title: "Expert") var limits: ImageLimitOptions
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    compute.apply()
    limits.apply()
    try reportingFailures {
      guard let format = results.format else { return }
      var conversion = ImageConversion(to: format)
      conversion.channel = images.options.channel
      conversion.voxelSize = images.options.voxelSize
      conversion.frameInterval = images.options.frameInterval
      conversion.areLabels = results.asLabels ? true : nil
      conversion.compression = results.compression
      conversion.version = results.ngff
      conversion.replaces = results.overwrite
      if let tracks = results.tracks { conversion.tracks = try TrackTable(contentsOf: tracks) }
      let opened = try ImageConversion.Input.open(inputs)
      try convert(opened, conversion)
    }
  }

  private func convert(_ opened: [ImageConversion.Input], _ conversion: ImageConversion) throws {
    let isAlone = opened.count == 1
    guard isAlone || results.labels.isEmpty else {
      throw InputError(
        results.output, "takes --labels for one series only, found \(opened.count)")
    }
    let inside = try results.labels.map { try $0.open() }
    let outputs = opened.map { input in
      (input: input, path: conversion.path(of: input, in: results.output, isAlone: isAlone))
    }
    try execute(
      ConversionRun(
        conversion, outputs: outputs, labels: inside,
        others: results.tracks.map { [$0] } ?? [], folder: isAlone ? nil : results.output))
  }

  private func execute(_ run: ConversionRun) throws {
    var display = try RunDisplay(log: results.log)
    Interruption.listen()
    // What is written is complete or hidden at any time.
    Interruption.endIfBusy()
    let summary = try run.run(shouldStop: { Interruption.requested != nil }) { event in
      switch event {
      case .frames(let event): try display.show(event)
      case .written(let input, let output): display.print("\(input) written to \(output)")
      case .failed(let error): display.print(errorLine(error))
      }
    }
    if summary.isInterrupted, let signal = Interruption.requested {
      display.print(
        "Interrupted: \(summary.done) of \(run.outputs.count.counted("output")) done")
      Interruption.end(signal)
    }
    if run.outputs.count == 1, let error = summary.error { throw ExitStatus(of: error).exitCode }
    if let status = ExitStatus(failures: summary.failures, of: run.outputs.count) {
      throw status.exitCode
    }
  }
}

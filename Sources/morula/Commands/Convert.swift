import ArgumentParser
import Foundation
import Microscopy
import Morphometry
import Segmentation

/// `morula convert`
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Convert images between ImageJ TIFF, OME-TIFF, Cell Tracking Challenge and OME-Zarr.",
    discussion: """
      INPUT is a TIFF of any dialect, an OME-Zarr image (a label image inside of one: \
      x.zarr/labels/nuclei), or a folder of TIFFs, one for each frame. The name of --output tells the \
      format unless --to does:

        x.tif                              ImageJ hyperstack
        x.ome.tif                          OME-TIFF
        x.zarr                             OME-Zarr with levels of resolution
        01, 01_RES, 01_GT/TRA, 01_GT/SEG   Cell Tracking Challenge: t000.tif, mask000.tif and
                                           res_track.txt, man_track000.tif, man_seg000.tif

      Values stay as they are, and so do voxel size and frame interval; where the format has no such \
      type, a wider one is taken, and a value that does not fit is an error. Several series become files \
      of their names in the folder --output.

      Examples:
        morula convert embryo.tif --output embryo.zarr --labels nuclei=labels.tif
        morula convert 01_RES --output tracks.ome.tif --voxel-size 0.8,0.8,1.75 --frame-interval 600
        morula convert labels.zarr --output 01_RES
        morula convert images/ --to ome-zarr --output zarr
      """)

  @Argument(help: "TIFF files, folders of TIFFs, or OME-Zarr images.")
  var inputs: [String]

  @Option(help: ArgumentHelp("The file or folder to make.", valueName: "path"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "The format: imagej, ome-tiff, ctc or ome-zarr (default: as --output is named).",
      valueName: "format"))
  var to: ImageFormat?

  @Option(
    help: ArgumentHelp(
      "A label image of the same series to put into the OME-Zarr image, with the name that it gets there.",
      valueName: "name=input"))
  var labels: [NamedLabels] = []

  @Flag(help: "The values are labels: they are never averaged, and fit into whole numbers.")
  var asLabels = false

  @Option(
    help: ArgumentHelp(
      "Tracks L B E P for labels of the Cell Tracking Challenge (default: those beside the input).",
      valueName: "file"))
  var tracks: String?

  @Option(
    help: ArgumentHelp(
      "How TIFF pages are compressed: deflate, deflateWithPredictor, lzw or none.",
      valueName: "codec"))
  var compression = TIFFCompression.deflate

  @Option(help: ArgumentHelp("The version of OME-Zarr: 0.4 or 0.5.", valueName: "version"))
  var ngff = ZarrWriter.Version.v04

  @Flag(help: "Replace an earlier output.")
  var overwrite = false

  @OptionGroup(title: "Images") var images: SeriesOptions

  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    guard let format = to ?? ImageFormat(output: output) else {
      throw ValidationError(
        "--output \(output) does not tell the format; name it x.tif, x.ome.tif, x.zarr or 01_RES, or "
          + "give --to")
    }
    if !labels.isEmpty, format != .omeZarr {
      throw ValidationError("--labels goes into OME-Zarr images only; convert labels on their own")
    }
    if tracks != nil, format != .ctc {
      throw ValidationError("--tracks goes with folders of the Cell Tracking Challenge only")
    }
  }

  func run() throws {
    compute.apply()
    images.limits.apply()
    try reportingFailures {
      guard let format = to ?? ImageFormat(output: output) else { return }
      var conversion = ImageConversion(to: format)
      conversion.channel = images.options.channel
      conversion.voxelSize = images.options.voxelSize
      conversion.frameInterval = images.options.frameInterval
      conversion.areLabels = asLabels ? true : nil
      conversion.compression = compression
      conversion.version = ngff
      conversion.replaces = overwrite
      if let tracks { conversion.tracks = try TrackTable(contentsOf: tracks) }
      let opened = try ImageConversion.Input.open(inputs)
      try convert(opened, conversion)
    }
  }

  private func convert(_ opened: [ImageConversion.Input], _ conversion: ImageConversion) throws {
    let isAlone = opened.count == 1
    guard isAlone || labels.isEmpty else {
      throw InputError(output, "takes --labels for one series only, found \(opened.count)")
    }
    let inside = try labels.map { try $0.open() }
    var line = ProgressLine()
    for input in opened {
      let place = conversion.place(of: input, in: output, isAlone: isAlone)
      try ImageConversion.prepareFolder(of: place)
      let notes = try conversion.run(input, labels: inside, to: place) { done, total in
        line.show("\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(input.name)")
      }
      for note in notes { line.print("note: \(note)") }
      line.print("\(input.source.path) written to \(place)")
    }
  }
}

/// `NAME=INPUT`
struct NamedLabels: ExpressibleByArgument {
  let name: String
  let path: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "=") else { return nil }
    name = String(argument[..<equals])
    path = String(argument[argument.index(after: equals)...])
    let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
    if name.isEmpty || path.isEmpty || !isPlain { return nil }
  }

  /// The labels, under their name.
  func open() throws -> ImageConversion.Input {
    let inputs = try ImageConversion.Input.open([path])
    guard inputs.count == 1 else {
      throw InputError(path, "holds \(inputs.count) series; name the labels of one")
    }
    return inputs[0].named(name)
  }
}

extension ImageFormat: ExpressibleByArgument {}
extension TIFFCompression: ExpressibleByArgument {}
extension ZarrWriter.Version: ExpressibleByArgument {}

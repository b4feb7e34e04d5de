import ArgumentParser
import Foundation
import Microscopy
import Morphometry
import Segmentation

/// `morula info`
struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Describe images: axes, size, type, compression, voxel size and its source.",
    usage: "morula info <files> ... [<options>]",
    discussion: """
      A file is a TIFF of any dialect (ImageJ, OME-TIFF, tifffile or plain), an OME-Zarr image, a \
      folder of TIFFs, or the folder of `morula segment`. No pixels are read, but it is checked that the file holds data for all of them: \
      planes without a page are named after the report, and the exit code is 1.

      With --json the output is an object for one file and a list of them for several. Its keys: \
      shape, axes (axes of length 1 are left out), dtype (NumPy's name), voxel_size_um ([x, y, z], null \
      unless the file states all three), frame_interval_s, compression; also file, format, \
      dialect, frames, channels, bits_per_sample, color, layout, byte_order, pages, bytes, \
      edges_um, scale_source, scale_doubts (what is stated about the scale and not understood), \
      notes, labels (whether the file says that it holds them), channel_names and channel_colors.

      Examples:
        morula info emb.tif
        morula info --json images/ | jq '.[].voxel_size_um'
      """)

  @Argument(help: "TIFF files, OME-Zarr images, or folders of TIFFs.")
  var files: [String]

  /// What is printed.
  struct Output: ParsableArguments {
    @Flag(help: "Print JSON instead of text.")
    var json = false
  }

  @OptionGroup(title: "Output") var output: Output

  @OptionGroup(title: "Expert") var limits: ImageLimitOptions

  func run() throws {
    limits.apply()
    try reportingFailures {
      var reports: [ImageReport] = []
      var failures = 0
      let paths = try ImageReport.paths(files)
      for path in paths {
        let image: ImageReport
        do {
          image = try ImageReport(of: path)
        } catch {
          // One bad file does not hide the others; the exit code tells.
          failures += 1
          report(error)
          continue
        }
        if output.json { reports.append(image) } else { try print(image.text) }
        if let gap = image.gap {
          failures += 1
          report(gap)
        }
      }
      if output.json, !reports.isEmpty {
        let isOne = files.count == 1 && reports.count == 1 && failures == 0
        try print(isOne ? reports[0].json : .list(reports.map(\.json)))
      }
      if let status = ExitStatus(failures: failures, of: paths.count) { throw status.exitCode }
    }
  }
}

import ArgumentParser
import Foundation
import Microscopy
import Morphometry
import Segmentation

/// `morula stress`
struct Stress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score segmentations of images as they are and degraded.",
    usage: "morula stress <inputs> ... --truth <labels> [<options>]",
    discussion: """
      This tells how far models and settings can be trusted on images unlike those they were made \
      for. Each image is segmented as it is, and after changes that another microscope or a bad day \
      might make: gain, offset, hot pixels, saturation, noise, blur, an uneven background, another \
      distance between planes, a smaller field of view. The table gives IoU, SEG, MUCov, AP, F1 and \
      the bias of the volume for each.

      Example:
        morula stress images/ --truth instances/ --voxel-size 0.8,0.8,1.75 \\
          --csv stress.csv
      """)

  /// The truth, and what is written.
  struct Files: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "True labels: a TIFF or a folder of them, with the names of the images.",
        valueName: "labels"))
    var truth: String

    @Option(help: ArgumentHelp("Write the table.", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("The seed of noise and hot pixels.", valueName: "n"))
    var seed: UInt64 = 0
  }

  @Argument(help: "3D TIFFs, hyperstacks, OME-Zarr images, or folders of them.")
  var inputs: [String]

  @OptionGroup(title: "Test") var files: Files
  @OptionGroup(title: "Images") var images: SeriesOptions
  @OptionGroup var segmentation: SegmenterOptions
  @OptionGroup(title: "Expert") var expert: ExpertOptions
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    compute.apply()
    expert.apply()
    try reportingFailures {
      let (segmenter, _) = try segmentation.segmenter()
      var labels = images.options
      labels.channel = nil
      var test = try StressTest(
        segmenter, images: ImageSeries.open(inputs, options: images.options),
        truth: ImageSeries.open([files.truth], options: labels))
      test.seed = files.seed
      test.parameters.bootstrap.resamples = 0
      var line = ProgressLine()
      let total = test.total
      let clock = RemainingTime()
      let rows = try test.run { done, degradation, name in
        line.show(
          "\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(degradation): \(name)  "
            + clock.left(done, of: total), always: done == total)
      }
      let shown = Result { try print(rows.text, terminator: "") }
      if let csv = files.csv { try rows.table.write(to: csv) }
      try shown.get()
    }
  }
}

import ArgumentParser
import Foundation
import Microscopy
import Morphometry
import Segmentation

/// `morula stress`
struct Stress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Segment images as they are and degraded, and compare with the truth.",
    discussion: """
      Tells how far models and settings can be trusted on other images than those they were made for. \
      Each image is segmented as it is and after changes that another microscope, or a bad day, might \
      have made: gain, offset, hot pixels, saturation, noise, blur, an uneven background, other distances \
      of planes, a smaller field of view. The table gives IoU, SEG, MUCov, AP, F1 and the bias of the \
      volume for each.

      Example:
        morula stress images/ --truth instances/ --voxel-size 0.8,0.8,1.75 --csv stress.csv
      """)

  @Argument(help: "3D TIFFs, hyperstacks, OME-Zarr images, or folders of them.")
  var inputs: [String]

  @Option(
    help: ArgumentHelp(
      "True labels: a TIFF or a folder of them, with the images' names.",
      valueName: "file or folder"))
  var truth: String

  @Option(help: ArgumentHelp("Write the table.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("The seed of noise and hot pixels.", valueName: "n"))
  var seed: UInt64 = 0

  @OptionGroup(title: "Images") var images: SeriesOptions
  @OptionGroup(title: "Foreground and centers") var models: SegmentModelOptions
  @OptionGroup(title: "Instances") var instances: InstanceOptions
  @OptionGroup var engine: EngineOptions

  func run() throws {
    engine.apply()
    images.limits.apply()
    try reportingFailures {
      let (segmenter, _) = try models.segmenter(instances)
      var labels = images.options
      labels.channel = nil
      var test = try StressTest(
        segmenter, images: ImageSeries.open(inputs, options: images.options),
        truth: ImageSeries.open([truth], options: labels))
      test.seed = seed
      test.parameters.bootstrap.resamples = 0
      var line = ProgressLine()
      let total = test.total
      let start = ContinuousClock.now
      let rows = try test.run { done, degradation, name in
        let elapsed = start.duration(to: .now) / .seconds(1)
        let left = ProgressLine.duration(elapsed / Double(done) * Double(total - done))
        line.show(
          "\(ProgressLine.bar(done, of: total)) \(done)/\(total) \(degradation): \(name)  "
            + "\(left) left", always: done == total)
      }
      print(rows.text, terminator: "")
      if let csv { try rows.table.write(to: csv) }
    }
  }
}

import ArgumentParser
import Microscopy

/// Options of every command that reads series of volumes.
struct SeriesOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The voxel size in µm; overrides the files'.", valueName: "x,y,z"))
  var voxelSize: VoxelSize?

  @Option(
    help: ArgumentHelp(
      "Seconds from one time number to the next; overrides the files'.", valueName: "s"))
  var frameInterval: Double?

  @Option(
    help: ArgumentHelp(
      "The channel of files that have several, counted from 1.", valueName: "n"))
  var channel: Int?

  @OptionGroup var limits: ImageLimitOptions

  func validate() throws {
    if let channel, channel < 1 { throw ValidationError("--channel counts from 1") }
    if let frameInterval, !(frameInterval > 0 && frameInterval.isFinite) {
      throw ValidationError("--frame-interval is a number of seconds above 0")
    }
  }

  /// As the library takes them.
  var options: ImageSeries.Options {
    var options = ImageSeries.Options()
    options.voxelSize = voxelSize
    options.frameInterval = frameInterval
    options.channel = channel.map { $0 - 1 }
    return options
  }
}

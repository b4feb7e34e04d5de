import ArgumentParser
import Microscopy

/// Options of every command that reads series of volumes.
struct SeriesOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The voxel size in µm; overrides that of the files.", valueName: "x,y,z"))
  var voxelSize: VoxelSize?

  @Option(
    help: ArgumentHelp(
      "Seconds from one frame to the next; overrides that of the files.", valueName: "s"))
  var frameInterval: Double?

  @Option(
    help: ArgumentHelp(
      "The channel to read if there are several: its number, counted from 1, or its name.",
      valueName: "channel"))
  var channel: ChannelChoice?

  func validate() throws {
    try ChannelChoice.check(channel)
    if let frameInterval, !Calibration.plausibleIntervals.contains(frameInterval) {
      throw ValidationError("--frame-interval is a number of seconds above 0, at most a billion")
    }
  }

  /// As the library takes them.
  var options: ImageSeries.Options {
    var options = ImageSeries.Options()
    options.voxelSize = voxelSize
    options.frameInterval = frameInterval
    options.channel = channel
    return options
  }
}

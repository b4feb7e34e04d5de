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
    help: ArgumentHelp("The channel to read, counted from 1, if there are several.", valueName: "n")
  )
  var channel: Int?

  func validate() throws {
    if let channel, channel < 1 { throw ValidationError("--channel counts from 1") }
    if let frameInterval, !Calibration.plausibleIntervals.contains(frameInterval) {
      throw ValidationError("--frame-interval is a number of seconds above 0, at most a billion")
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

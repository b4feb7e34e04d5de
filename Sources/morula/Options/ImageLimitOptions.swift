import ArgumentParser
import Microscopy

/// The option of every command that reads images.
struct ImageLimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The largest volume to read, in voxels, for example 4G; larger ones are refused before memory is \
      taken (default: 2^31). A number also admits files that expand suspiciously when they are \
      decompressed.
      """,
      valueName: "voxels"))
  var maxPixels: VoxelCount?

  /// Sets the limits of the process.
  func apply() {
    if let maxPixels { ImageLimits.current = ImageLimits(maximumVoxels: maxPixels.count) }
  }
}

import ArgumentParser
import Microscopy

/// The option of every command that reads images.
struct ImageLimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The most voxels that a volume may have, 4G say; larger ones are refused before memory is taken \
      (default: 2^31, and compressed data that swell suspiciously are refused too; a number of your own \
      trusts them).
      """,
      valueName: "n"))
  var maxPixels: VoxelCount?

  /// Sets the limits of the process.
  func apply() {
    if let maxPixels { ImageLimits.current = ImageLimits(maximumVoxels: maxPixels.count) }
  }
}

/// A number of voxels, such as `500000000`, `500M` or `2G` (decimal).
struct VoxelCount: ExpressibleByArgument {
  let count: Int

  init?(argument: String) {
    let factors: [Character: Int] = [
      "k": 1000, "K": 1000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000,
    ]
    let factor = argument.last.flatMap { factors[$0] }
    guard let number = Double(factor == nil ? argument : String(argument.dropLast())),
      number > 0, number * Double(factor ?? 1) < 1e18
    else { return nil }
    count = max(1, Int(number * Double(factor ?? 1)))
  }
}

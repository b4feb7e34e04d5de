/// What the ImageDescription of an ImageJ stack says.
struct ImageJDescription: Hashable, Sendable {
  var frames = 1
  var slices = 1
  var channels = 1
  var voxelSize: VoxelSize?
  /// Whether the resolution tags are pixels per µm although the distance of planes is unknown.
  var hasPixelSize = false
  /// Seconds from frame to frame.
  var frameInterval: Double?
  /// The intensities shown black and white.
  var displayRange: ClosedRange<Double>?
  /// Whether the values are labels, for Morula itself.
  var areLabels = false
  /// Whether channels are shown in their colors.
  var isColored = false

  /// The line that says so; ImageJ passes over what it does not know.
  static let labelMark = (key: "morula", value: "labels")

  /// Lines `key=value`, each ended by a newline.
  ///
  /// ImageJ takes `images` for the number of pages and multiplies the three axes, each left out
  /// where it is 1. It knows lengths in one unit only, and `finterval` in seconds.
  var text: String {
    var lines = ["ImageJ=1.11a"]
    let images = frames * slices * channels
    if images > 1 { lines.append("images=\(images)") }
    for (key, count) in [("channels", channels), ("slices", slices), ("frames", frames)]
    where count > 1 { lines.append("\(key)=\(count)") }
    lines += ["hyperstack=true", "mode=\(isColored ? "composite" : "grayscale")", "loop=false"]
    if let voxelSize { lines.append("spacing=\(voxelSize.z)") }
    if voxelSize != nil || hasPixelSize { lines.append("unit=um") }
    if let frameInterval { lines.append("finterval=\(frameInterval)") }
    if let displayRange {
      lines += ["min=\(displayRange.lowerBound)", "max=\(displayRange.upperBound)"]
    }
    if areLabels { lines.append("\(Self.labelMark.key)=\(Self.labelMark.value)") }
    return lines.map { $0 + "\n" }.joined()
  }
}

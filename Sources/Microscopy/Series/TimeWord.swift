/// Words that stand before a number in a file's name and say what it counts.
enum TimeWord {
  /// Whether the word, in lower case, says that its number is the time: `t` in `Emb01_t051`.
  static func isTime(_ word: String) -> Bool { time.contains(word) }

  /// Whether the word, in lower case, says that its number counts something else: `ch` in `ch0`.
  static func isOther(_ word: String) -> Bool { other.contains(word) }

  /// Whether a text that follows a number begins with a unit: the number is not a time.
  static func beginsWithUnit(_ text: String) -> Bool {
    units.contains(text.prefix(while: \.isLetter).lowercased())
  }

  private static let units: Set<String> = ["nm", "um", "µm", "μm", "mm", "x", "bit", "ms"]

  private static let time: Set<String> = [
    "t", "tp", "time", "timepoint", "timepoints", "timestep", "frame", "frames",
  ]

  private static let other: Set<String> = [
    // Specimens and where they lie.
    "emb", "embryo", "embryos", "sample", "specimen", "mouse", "animal", "cell", "organoid", "well",
    "dish", "slide", "p", "pos", "position", "point", "xy", "x", "y", "s", "site", "stage", "scene",
    "field", "fov", "series", "exp", "experiment", "replicate", "rep", "run", "crop", "roi", "tile",
    "view", "angle", "v", "version",
    // Axes of the image.
    "c", "ch", "chan", "channel", "w", "wavelength", "z", "slice", "plane", "laser", "ex", "em",
  ]
}

import Compute
import Microscopy

/// Section `data`: which volumes, and how they are split.
package struct DataConfiguration: ConfigurationSection {
  /// A selection of the volumes by name.
  package enum Selection: Sendable, Equatable {
    /// Names that match a pattern with `*`, `?` and `[abc]`.
    case pattern(String)
    /// These names, with or without their extension.
    case names([String])
    /// The names in a text file, one per line; an absolute path.
    case listFile(String)
  }

  /// Section `data.folds`: groups of volumes that stay together.
  package struct Folds: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey { case pattern, fold }

    /// A regular expression whose one group captures the name of the fold.
    package var pattern = ""
    /// The fold that validates; nil if the caller chooses it.
    package var fold: String?

    /// No folds yet.
    package init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.required(
        .pattern, &pattern, .nonEmpty,
        meaning: #"a regular expression with one group, such as "Emb(\\d+)""#)
      if section.isReading {
        do {
          _ = try FoldPattern(pattern)
        } catch {
          throw section.error(.pattern, error.problem)
        }
      }
      try section.value(.fold, &fold, .nonEmpty)
    }
  }

  /// Section `data.supplement`: a second data set whose volumes only train, for example
  /// synthetic embryos.
  package struct Supplement: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey {
      case images, targets, pattern
      case voxelSize = "voxel_size"
    }

    /// The folder of images; an absolute path.
    package var images = ""
    /// The folder of targets, with the same names; an absolute path.
    package var targets = ""
    /// The names that belong to the supplement.
    package var pattern = "*.tif"
    /// The voxel size in µm, which overrides the files'; nil takes theirs.
    package var voxelSize: VoxelSize?

    /// No folders yet.
    package init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.folder(.images, &images, DataConfiguration.imagesMeaning)
      try section.folder(.targets, &targets, DataConfiguration.targetsMeaning)
      try section.value(.pattern, &pattern, .nonEmpty)
      try section.voxelSize(.voxelSize, &voxelSize)
    }
  }

  fileprivate static let imagesMeaning = "the folder of images"
  fileprivate static let targetsMeaning =
    "the folder of targets, whose files have the images' names"

  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case root, images, targets, pattern, training, validation, folds
    case voxelSize = "voxel_size"
    case foregroundThreshold = "foreground_threshold"
    case ignoreValue = "ignore_value"
    case channel, cache, supplement
  }

  /// The folder of images; an absolute path.
  package var images = ""
  /// The folder of targets, with the same names; an absolute path.
  package var targets = ""
  /// The names that belong to the data set.
  package var pattern = "*.tif"
  /// The volumes to train on; nil: all that do not validate.
  package var training: Selection?
  /// The volumes to validate on; nil with nil ``folds``: no validation.
  package var validation: Selection?
  /// Cross-validation by groups of names.
  package var folds: Folds?
  /// The voxel size in µm, which overrides the files'; nil takes theirs.
  package var voxelSize: VoxelSize?
  /// Target values above it are foreground.
  package var foregroundThreshold = 0.0
  /// The target value of voxels that neither loss nor metrics may count.
  package var ignoreValue: Double?
  /// The channel of files that have several; nil if they have one.
  package var channel: ChannelChoice?
  /// The memory that prepared volumes may occupy.
  package var cache = ByteCount(1 << 30)
  /// More volumes to train on.
  package var supplement: Supplement?

  /// No folders yet.
  package init() {}

  /// Whether some volumes validate.
  package var hasValidation: Bool { validation != nil || folds != nil }

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    // `root` only says where the two folders start; what is kept and written are absolute paths.
    var root: String?
    try section.custom(.root, &root) { node throws(ConfigurationError) in
      try section.absolutePath(.root, node)
    } write: { _ in
      nil
    }
    try section.folder(.images, &images, Self.imagesMeaning, base: root)
    try section.folder(.targets, &targets, Self.targetsMeaning, base: root)
    try section.value(.pattern, &pattern, .nonEmpty)
    try section.selection(.training, &training)
    try section.selection(.validation, &validation)
    try section.section(.folds, &folds)
    if section.isReading, folds != nil, validation != nil {
      throw section.error(
        .validation, "contradicts data.folds, which chooses the validation volumes; keep one")
    }
    try section.voxelSize(.voxelSize, &voxelSize)
    try section.value(.foregroundThreshold, &foregroundThreshold)
    try section.value(.ignoreValue, &ignoreValue)
    try section.value(.channel, &channel)
    try section.value(.cache, &cache)
    try section.section(.supplement, &supplement)
  }
}

extension SectionVisitor {
  /// A folder that must be given; kept as an absolute path.
  fileprivate func folder(
    _ key: Key, _ value: inout String, _ meaning: String, base: String? = nil
  ) throws(ConfigurationError) {
    if isReading, given(key) == nil { throw missing(key, meaning) }
    try custom(key, &value) { node throws(ConfigurationError) in
      try absolutePath(key, node, base: base)
    } write: {
      ConfigurationNode($0.configurationContent)
    }
  }
}

extension SectionVisitor {
  /// Names: a list, a pattern, or a text file of names (recognized by `.txt`).
  fileprivate func selection(
    _ key: Key, _ value: inout DataConfiguration.Selection?
  ) throws(ConfigurationError) {
    try custom(key, &value) { node throws(ConfigurationError) in
      if let text = node.text {
        if text.isEmpty { throw error(key, "must not be empty") }
        return text.hasSuffix(".txt") ? .listFile(try absolutePath(key, node)) : .pattern(text)
      }
      guard case .list(let items) = node.content, !items.isEmpty else {
        throw error(
          key,
          "expected a pattern (\"Emb11_*\"), a list of names or a text file of names (names.txt), "
            + "found \(node.found)")
      }
      return .names(try scalars(key, node, .nonEmpty))
    } write: {
      switch $0 {
      case nil: nil
      case .pattern(let text), .listFile(let text): ConfigurationNode(.quoted(text))
      case .names(let names):
        ConfigurationNode(.list(names.map { ConfigurationNode(.quoted($0)) }))
      }
    }
  }
}

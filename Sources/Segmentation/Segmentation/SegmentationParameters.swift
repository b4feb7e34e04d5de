/// How foreground and centers become instances. All lengths in µm, volumes in µm³.
public struct SegmentationParameters: Sendable, Hashable, Codable {
  /// How nuclei that touch are separated.
  public enum Splitting: String, Sendable, Codable, CaseIterable {
    /// A watershed from the centers that the NDN finds: QCANet as published.
    case centers
    /// The same, with added maxima of the distance map near which no center lies.
    case combined
    /// A watershed from the maxima of the distance map alone, the classical method.
    case watershed
    /// Not at all: nuclei are the connected components of the foreground.
    case components
  }

  /// How centers are found in the NDN's probability.
  public enum CenterRule: String, Sendable, Codable, CaseIterable {
    /// Each connected component (26 neighbors) of the voxels above the threshold is a center.
    case components
    /// Each maximum of the smoothed probability above the threshold is a center, which separates
    /// centers that have merged.
    case maxima
  }

  /// The treatment of a connected part of the foreground that holds no center.
  public enum Uncentered: String, Sendable, Codable, CaseIterable {
    /// It is one nucleus.
    case keep
    /// It is split by the maxima of its own distance map.
    case split
    /// It becomes background, as in the original QCANet.
    case drop
  }

  /// How nuclei that touch are separated.
  public var splitting = Splitting.combined
  /// The foreground probability from which a voxel is nucleus; nil takes the model's.
  public var foregroundThreshold: Double?
  /// Whether background enclosed by foreground is filled.
  public var fillsHoles = true
  /// How centers are found.
  public var centerRule = CenterRule.maxima
  /// The probability from which a voxel may be a center; nil takes the model's.
  public var centerThreshold: Double?
  /// The σ that the NDN's probability is smoothed with before its maxima are taken.
  public var centerSmoothing = 0.8
  /// The smallest distance between two centers.
  public var centerRadius = 3.0
  /// The treatment of parts without a center.
  public var uncentered = Uncentered.split
  /// Nuclei without a center that are smaller than this are always dropped: most are polar bodies
  /// and debris. Those at the border of the image are kept, as their centers may lie outside.
  public var minimumUncenteredVolume = 700.0
  /// The σ that the distance map is smoothed with before its maxima are taken.
  public var distanceSmoothing = 0.8
  /// The smallest distance between two maxima of the distance map.
  public var distanceRadius = 5.0
  /// Nuclei smaller than this are dropped.
  public var minimumVolume = 30.0
  /// Nuclei smaller than this part of the median nucleus of their frame are dropped: most are polar
  /// bodies. Those at the border of the image are kept, as a part of them may lie outside.
  public var minimumRelativeVolume = 0.1

  /// The defaults.
  public init() {}

  /// The defaults without a network: a watershed, and a larger minimum volume.
  ///
  /// A threshold also finds polar bodies and debris, so that small objects are rarely nuclei.
  public static var classical: SegmentationParameters {
    var parameters = SegmentationParameters()
    parameters.splitting = .watershed
    parameters.minimumVolume = 250
    parameters.minimumRelativeVolume = 0
    return parameters
  }
}

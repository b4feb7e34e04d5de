/// How foreground and centers become instances. All lengths in µm, volumes in µm³.
public struct SegmentationParameters: Sendable, Hashable, Codable {
  /// What separates nuclei that touch.
  public enum Splitting: String, Sendable, Codable, CaseIterable {
    /// A watershed from the centers that the NDN finds: QCANet as published.
    case centers
    /// The same, with maxima of the distance map added wherever no center is near.
    case combined
    /// A watershed from the maxima of the distance map alone: the traditional way.
    case watershed
    /// Nothing: connected components of the foreground.
    case components
  }

  /// How centers are read off the NDN's probability.
  public enum CenterRule: String, Sendable, Codable, CaseIterable {
    /// Connected components (26 neighbors) of what reaches the threshold, each one center.
    case components
    /// Maxima of the smoothed probability where it reaches the threshold: separates centers that
    /// have grown together.
    case maxima
  }

  /// What becomes of a connected part of the foreground that holds no center.
  public enum Uncentered: String, Sendable, Codable, CaseIterable {
    /// One nucleus.
    case keep
    /// Nuclei split by the maxima of its own distance map.
    case split
    /// Background, as in the original QCANet.
    case drop
  }

  /// What separates nuclei.
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
  /// The least distance between two centers.
  public var centerRadius = 3.0
  /// What becomes of nuclei without a center.
  public var uncentered = Uncentered.split
  /// Nuclei without a center that are smaller than this are dropped in any case, polar bodies and
  /// debris mostly; those at the border of the image, whose centers may lie outside, are not.
  public var minimumUncenteredVolume = 700.0
  /// The σ that the distance map is smoothed with before its maxima are taken.
  public var distanceSmoothing = 0.8
  /// The least distance between two maxima of the distance map.
  public var distanceRadius = 5.0
  /// Nuclei smaller than this are dropped.
  public var minimumVolume = 30.0
  /// Nuclei smaller than this part of the median nucleus of their frame are dropped, polar bodies
  /// mostly; those at the border of the image, of which a part may be outside, are not.
  public var minimumRelativeVolume = 0.1

  /// The defaults.
  public init() {}

  /// The defaults without any network: a watershed, and a larger minimum volume, because a threshold
  /// also finds polar bodies and debris; what is left of small nuclei then is rarely anything else.
  public static var classical: SegmentationParameters {
    var parameters = SegmentationParameters()
    parameters.splitting = .watershed
    parameters.minimumVolume = 250
    parameters.minimumRelativeVolume = 0
    return parameters
  }
}

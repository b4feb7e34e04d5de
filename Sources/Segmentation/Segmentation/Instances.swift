import Microscopy

/// The nuclei of one frame.
public struct Instances: Sendable {
  /// The nuclei, numbered 1…n in the order of their centroids (z, then y, then x); 0 is background.
  public var labels: LabelVolume
  /// Whether each nucleus, from label 1 on, was found without a center of the NDN.
  public var isUncentered: [Bool]

  /// The number of nuclei.
  public var count: Int { isUncentered.count }
}

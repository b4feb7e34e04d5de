import Microscopy

/// Finds the foreground of a volume without a network, by smoothing and a global threshold.
///
/// It serves if there is no model, and as the baseline of learned results.
public struct ClassicalForeground: Sendable, Hashable, Codable {
  /// The rule for the threshold.
  public enum Rule: String, Sendable, Codable, CaseIterable {
    /// Otsu: the largest variance between the classes.
    case otsu
    /// Li: the smallest cross entropy.
    case li
  }

  /// The rule for the threshold.
  public var rule = Rule.li
  /// The factor on the rule's threshold, both measured from the darkest voxel.
  public var factor = 1.15
  /// The σ in µm of the Gaussian that smooths the image before.
  public var smoothing = 1.0

  /// The defaults.
  public init() {}

  /// The voxels above the threshold.
  public func mask(of image: Volume<Float>, voxelSize: VoxelSize) -> Volume<Bool> {
    let smooth = image.gaussianFiltered(
      sigma: .micrometers(smoothing, voxelSize: voxelSize), border: .nearest)
    guard let darkest = smooth.voxels.min(), let brightest = smooth.voxels.max(),
      darkest < brightest
    else { return smooth.map { _ in false } }
    let threshold = rule == .otsu ? smooth.otsuThreshold() : smooth.liThreshold()
    let level = darkest + Float(factor) * (threshold - darkest)
    return smooth.map { $0 > level }
  }
}

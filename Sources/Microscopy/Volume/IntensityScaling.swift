/// How intensities are brought to a common range before a network sees them.
///
/// Every method is computed per volume and follows its offset and gain, so results do not depend on
/// a microscope's.
public enum IntensityScaling: Hashable, Sendable, CustomStringConvertible {
  /// I' = (I − min)/(max − min), as published (Tokuoka et al. 2020).
  case minMax
  /// I' = (I − P_low)/(P_high − P_low), percentiles in 0…100 interpolated linearly between order
  /// statistics (NumPy's default); `clamped` limits I' to 0…1.
  case percentile(low: Double, high: Double, clamped: Bool)
  /// Between the background and the brightest structures, whatever the noise, hot pixels and the
  /// size of the field.
  case robust(RobustScaling)
  /// I' = I.
  case none

  /// As `robust: background 0 (percentile 25.0), the brightest 1000.0 µm³ above 1`.
  public var description: String {
    switch self {
    case .minMax: "minimum 0, maximum 1"
    case .percentile(let low, let high, let clamped):
      "percentile \(low) 0, percentile \(high) 1" + (clamped ? ", limited to 0…1" : "")
    case .robust(let scaling):
      "robust: background 0 (percentile \(scaling.background)), the brightest "
        + "\(scaling.brightVolume) µm³ above 1"
    case .none: "none"
    }
  }
}

/// The scaling of ``IntensityScaling/robust(_:)``:
///
///     I' = (S − B)/(P − B), limited to −½…1½
///
/// S is the image without hot and dead pixels (``Volume/conservativelySmoothed()``). B and P are
/// taken from S after a Gaussian, so that noise moves neither: B is a percentile that lies in the
/// background, P what the brightest `brightVolume` exceed. A volume in µm³, unlike a percentile,
/// means the same in a field that one nucleus fills and in one where it is lost.
public struct RobustScaling: Hashable, Sendable {
  /// The σ in µm of the Gaussian.
  public var smoothing = 1.0
  /// The percentile of the background.
  public var background = 25.0
  /// The volume in µm³ that is brighter than 1; less than one nucleus has.
  public var brightVolume = 1000.0
  /// The limits of I'.
  public var limits: ClosedRange<Float> = -0.5...1.5

  /// The defaults.
  public init() {}
}

import Microscopy

/// A change that another microscope, or a bad day, makes of an image: what robustness is tested with.
public enum Degradation: Sendable, Hashable {
  /// None.
  case none
  /// All levels times a factor, as from another gain.
  case gain(Double)
  /// A constant number of levels added, as from another offset.
  case offset(Double)
  /// This share of the voxels becomes 65535, in images that are not of 16 bits ten times the maximum.
  case hotPixels(share: Double)
  /// Levels above this fraction of the nuclei's mean signal are cut, as by a detector's limit.
  case saturation(Double)
  /// Normal noise, so strong that the nuclei's mean signal is this many times its standard deviation.
  case noise(signalToNoise: Double)
  /// A Gaussian blur of this σ in µm.
  case blur(Double)
  /// A background that rises along x from nothing to this many times the nuclei's mean signal.
  case background(Double)
  /// Planes at this distance in µm.
  case planes(Double)
  /// The middle of the field of view, this part of every edge: its border cuts through nuclei.
  case crop(Double)
  /// A small field of view around the largest nucleus, with this margin in µm.
  case oneNucleus(margin: Double)
  /// A field of view twice as wide: beside the image lies the same, its y axis turned over. Twice as many nuclei.
  case twice

  /// What `morula stress` goes through.
  public static let standard: [Degradation] = [
    .none, .gain(0.2), .gain(5), .offset(1850), .hotPixels(share: 5e-4), .saturation(0.7),
    .noise(signalToNoise: 2), .blur(1.5), .background(1), .planes(1), .planes(3), .planes(4),
    .crop(0.5), .oneNucleus(margin: 5), .twice,
  ]
}

extension Degradation: CustomStringConvertible {
  /// In words, for tables.
  public var description: String {
    switch self {
    case .none: "as it is"
    case .gain(let factor): "gain × \(Self.short(factor))"
    case .offset(let levels): "offset + \(Self.short(levels))"
    case .hotPixels(let share): "\(Self.short(100 * share)) % hot pixels"
    case .saturation(let fraction): "saturated at \(Self.short(fraction)) × signal"
    case .noise(let ratio): "noise, SNR \(Self.short(ratio))"
    case .blur(let sigma): "blur, σ \(Self.short(sigma)) µm"
    case .background(let factor): "background up to \(Self.short(factor)) × signal"
    case .planes(let distance): "planes every \(Self.short(distance)) µm"
    case .crop(let part): "middle \(Self.short(part)) of each edge"
    case .oneNucleus(let margin): "largest nucleus and \(Self.short(margin)) µm"
    case .twice: "two fields side by side"
    }
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}

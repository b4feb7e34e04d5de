import Compute
import Microscopy

/// A change of an image, as by another microscope or a poor recording, to test robustness with.
package enum Degradation: Sendable, Hashable {
  /// No change.
  case none
  /// All levels are multiplied by a factor, like by another gain.
  case gain(Double)
  /// A constant is added to all levels, like by another offset.
  case offset(Double)
  /// This share of the voxels becomes 65535, or ten times the maximum in images that are not of
  /// 16 bits.
  case hotPixels(share: Double)
  /// Levels above this fraction of the nuclei's mean signal are clipped, like by a detector.
  case saturation(Double)
  /// Normal noise is added; the nuclei's mean signal is this many times its standard deviation.
  case noise(signalToNoise: Double)
  /// A Gaussian blur of this σ in µm.
  case blur(Double)
  /// A background rises along x from 0 to this many times the nuclei's mean signal.
  case background(Double)
  /// Planes have this distance in µm.
  case planes(Double)
  /// Only the middle of the field of view remains, this part of every edge; its border cuts through
  /// nuclei.
  case crop(Double)
  /// Only the largest nucleus and this margin in µm around it remain.
  case oneNucleus(margin: Double)
  /// The field of view is twice as wide, with twice as many nuclei: next to the image is its
  /// mirror image along y.
  case twice

  /// The degradations of a full test.
  package static let standard: [Degradation] = [
    .none, .gain(0.2), .gain(5), .offset(1850), .hotPixels(share: 5e-4), .saturation(0.7),
    .noise(signalToNoise: 2), .blur(1.5), .background(1), .planes(1), .planes(3), .planes(4),
    .crop(0.5), .oneNucleus(margin: 5), .twice,
  ]
}

extension Degradation: CustomStringConvertible {
  /// In words, for tables.
  package var description: String {
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
    value == value.rounded() ? "\(Int(clamped: value))" : "\(value)"
  }
}

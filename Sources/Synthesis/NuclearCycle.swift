import Foundation

/// What a nucleus goes through between two divisions: how condensed, flat and large it is.
struct NuclearCycle {
  /// 0 in interphase, 1 in mitosis.
  let condensation: Double
  /// 0 for a round nucleus, 1 for the flat plate of metaphase and anaphase.
  let flatness: Double
  /// The radius in µm of a ball in the plane of the image.
  let radius: Double

  /// The mean radius in µm in interphase by generation, from two nuclei to 64. It is that of the
  /// fluorescent chromatin, not of the outline that an annotator draws.
  private static let radii = [9.6, 8.2, 6.9, 6.2, 5.4, 4.6]

  /// The state of a cell at a time in hours.
  ///
  /// A nucleus condenses from an hour before its division on, is a metaphase plate for the last
  /// half hour, and decondenses within about an hour after birth; in interphase it grows.
  init(_ cell: EmbryoLineage.Cell, at hour: Double) {
    let age = hour - Double(cell.birth) * EmbryoLineage.hoursPerStep
    let left = cell.division.map { Double($0) * EmbryoLineage.hoursPerStep - hour } ?? .infinity
    let telophase = 1 - Self.ramp((age - 0.25) / 0.7)
    let prophase = Self.ramp((1.0 - left) / 0.5)
    condensation = max(telophase, prophase)
    flatness = max(1 - Self.ramp((age - 0.25) / 0.5), Self.ramp((0.7 - left) / 0.25))
    let generation = min(cell.generation, Self.radii.count - 1)
    let grown = 0.85 + 0.25 * min(1, age / 12)
    let volume = (1 - 0.62 * condensation) * grown
    radius = Self.radii[generation] * cell.size * cbrt(volume)
  }

  /// 0 up to 0, 1 from 1 on, smooth between.
  static func ramp(_ x: Double) -> Double {
    let t = min(max(x, 0), 1)
    return t * t * (3 - 2 * t)
  }
}

import Compute
import Foundation

/// The microscope that images one embryo, and the embryo's brightness in it.
struct Microscope: Sendable, Hashable, Codable {
  /// Blur, haze and depth.
  var optics = Optics()
  /// Noise and gray levels.
  var camera = Camera()
  /// Detected photons per voxel in the middle of a mean nucleus of the two-cell stage.
  var photons = 98.0
  /// Detected photons per voxel from everywhere.
  var ambient = 0.62
  /// The light of cytoplasm over that of a mean nucleus of the two-cell stage.
  var cytoplasm = 0.013
  /// The hours in which light bleaches to 1/e.
  var bleaching = 200.0

  /// A random instrument.
  ///
  /// With `diversity` 0 it is that of BBBC050's training embryos, where only brightness differs
  /// from one to the next. With 1 everything varies: gain and offset as between cameras (up to
  /// offsets of 2,500 and ten times the gain), blur, skirt, haze, depth and noise by 15 % or more.
  /// Between and above, in proportion.
  init(diversity: Double, using generator: inout some RandomNumberGenerator) {
    func vary(_ value: inout Double, by spread: Double) {
      // Drawn always, so that the numbers after it stay the same.
      value *= exp(spread * min(max(generator.normal(), -2.5), 2.5))
    }
    vary(&photons, by: 0.25)
    vary(&cytoplasm, by: 0.3)
    vary(&photons, by: 0.3 * diversity)
    vary(&ambient, by: 0.5 * diversity)
    vary(&optics.lateralBlur, by: 0.2 * diversity)
    vary(&optics.axialBlur, by: 0.15 * diversity)
    vary(&optics.skirt, by: 0.2 * diversity)
    vary(&optics.haze, by: 0.8 * diversity)
    vary(&optics.hazeWidth, by: 0.25 * diversity)
    vary(&optics.depthGradient, by: 0.5 * diversity)
    vary(&bleaching, by: 0.5 * diversity)
    vary(&camera.gain, by: 0.4 * diversity)
    vary(&camera.offset, by: 0.15 * diversity)
    vary(&camera.readNoise, by: 0.5 * diversity)
    let isOther = generator.chance(min(1, 0.4 * diversity))
    let (level, more) = (generator.uniform(), generator.uniform())
    let (isPlain, isTurned) = (generator.chance(0.4), generator.chance(0.5))
    guard isOther else { return }
    camera.offset = 100 * pow(25, level)
    camera.gain *= pow(10, more)
    camera.readNoise *= pow(10, more)
    camera.multiplies = !isPlain
    if isTurned { optics.depthGradient *= -1 }
  }
}

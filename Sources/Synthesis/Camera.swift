import Compute
import Foundation
import Microscopy

/// How photons become 16-bit gray levels: shot noise, electron multiplication, read noise, offset.
struct Camera: Sendable, Hashable, Codable {
  /// The gray level without light.
  var offset = 99.9
  /// Gray levels per detected photon, on average.
  var gain = 13.0
  /// Whether electrons are multiplied before they are read (EMCCD): each photon then counts an
  /// exponentially distributed amount, which doubles the variance of shot noise.
  var multiplies = true
  /// The standard deviation of read noise in gray levels.
  var readNoise = 1.5
  /// The standard deviation of all noise over that of the real camera; 0 for none.
  var noise = 1.0

  /// The gray levels of one exposure of `photons`, means per pixel.
  func exposure(
    of photons: [Float], using generator: inout some RandomNumberGenerator
  ) -> [UInt16] {
    // Fewer, larger quanta of the same mean light are noisier, by the root of their size.
    let quantum = noise * noise
    return photons.map { mean in
      var level = offset
      if noise > 0 {
        let count = generator.poisson(mean: Double(mean) / quantum)
        level += gain * quantum * (multiplies ? generator.gamma(count) : Double(count))
        level += readNoise * noise * generator.normal()
      } else {
        level += gain * Double(mean)
      }
      return UInt16(clamped: level.rounded())
    }
  }
}

extension RandomNumberGenerator {
  /// A gamma deviate of a whole-numbered shape and scale 1: the sum of `shape` exponential
  /// deviates.
  ///
  /// Small shapes as the logarithm of a product; larger ones by Marsaglia and Tsang, "A simple
  /// method for generating gamma variables" (ACM TOMS 2000).
  mutating func gamma(_ shape: Int) -> Double {
    guard shape > 0 else { return 0 }
    if shape <= 8 {
      var product = 1.0
      for _ in 0..<shape { product *= 1 - uniform() }
      return -log(product)
    }
    let d = Double(shape) - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      let u = 1 - uniform()
      if log(u) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }
}

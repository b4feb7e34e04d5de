import Compute
import Foundation
import Microscopy

extension AugmentationConfiguration.Blur {
  /// Convolves with a Gaussian, σ voxels uniform in the range, the same along all axes.
  public func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    image.blur(sigma: generator.uniform(in: range))
  }
}

extension Volume<Float> {
  /// Convolves with a normalized Gaussian cut at 4σ, mirrored at the border voxels (not repeated):
  /// `scipy.ndimage.gaussian_filter(image, sigma, mode="mirror")`.
  package mutating func blur(sigma: Double) {
    for axis in [Axis.z, .y, .x] { blur(sigma: sigma, along: axis) }
  }

  /// The same along one axis; σ in voxels.
  package mutating func blur(sigma: Double, along axis: Axis) {
    let radius = Int(4 * sigma + 0.5)
    guard radius > 0 else { return }
    let raw = (0...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
    let total = raw[0] + 2 * raw[1...].reduce(0, +)
    convolve(raw.map { Float($0 / total) }, along: axis)
  }

  /// Convolves with a symmetric kernel given from its center outwards.
  private mutating func convolve(_ weights: [Float], along axis: Axis) {
    let length = extent[axis]
    guard length > 1 else { return }
    let stride =
      switch axis {
      case .z: extent.height * extent.width
      case .y: extent.width
      case .x: 1
      }
    let extent = extent
    let source = voxels
    let plane = extent.height * extent.width
    let planesPerJob = Swift.max(1, (1 << 15) / plane)
    let jobs = (extent.depth + planesPerJob - 1) / planesPerJob
    let radius = weights.count - 1
    // Where each place of the padded axis lies, mirrored.
    let period = 2 * (length - 1)
    let mirrored = (-radius..<length + radius).map { place in
      let phase = ((place % period) + period) % period
      return Swift.min(phase, period - phase)
    }
    let parts = Parallel.map(jobs) { job in
      let planes = job * planesPerJob..<Swift.min(extent.depth, (job + 1) * planesPerJob)
      var result = [Float](repeating: 0, count: planes.count * plane)
      var output = result.mutableSpan
      let input = source.span
      var index = 0
      for z in planes {
        for y in 0..<extent.height {
          let row = (z * extent.height + y) * extent.width
          let fixed = axis == .z ? z : y
          for x in 0..<extent.width {
            let place = axis == .x ? x : fixed
            let base = row + x - place * stride
            var sum = weights[0] * input[row + x]
            for offset in 1...radius {
              let low = input[base + mirrored[radius + place - offset] * stride]
              let high = input[base + mirrored[radius + place + offset] * stride]
              sum += weights[offset] * (low + high)
            }
            output[index] = sum
            index += 1
          }
        }
      }
      return result
    }
    voxels = parts.flatMap { $0 }
  }
}

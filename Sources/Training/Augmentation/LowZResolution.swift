import Compute
import Microscopy

extension AugmentationConfiguration.LowZResolution {
  /// Samples the planes f times more thinly, f uniform in the range, and interpolates back.
  package func apply(
    to image: inout Volume<Float>, using generator: inout some RandomNumberGenerator
  ) {
    guard generator.chance(probability) else { return }
    image.thinPlanes(factor: generator.uniform(in: range))
  }
}

extension Volume<Float> {
  /// Keeps planes at `factor` voxels from each other, placed symmetrically about the middle, and
  /// interpolates linearly between them; beyond the outermost they are repeated.
  ///
  /// A kept plane at a fraction of a voxel is itself interpolated linearly.
  package mutating func thinPlanes(factor: Double) {
    let depth = extent.depth
    guard factor > 1, depth > 2 else { return }
    let plane = extent.height * extent.width
    let count = Int(clamped: (Double(depth - 1) / factor).rounded(.down)) + 1
    let start = (Double(depth - 1) - Double(count - 1) * factor) / 2
    let kept = (0..<count).map { blend(at: start + Double($0) * factor, last: depth - 1) }
    var result: [Float] = []
    result.reserveCapacity(voxels.count)
    for z in 0..<depth {
      // Output plane z is a mix of two kept planes, each a mix of two planes of the volume.
      let outer = blend(at: (Double(z) - start) / factor, last: count - 1)
      let (a, b) = (kept[outer.lower], kept[outer.upper])
      for i in 0..<plane {
        let first = mix(a, i, plane)
        result.append(first + (mix(b, i, plane) - first) * outer.weight)
      }
    }
    voxels = result
  }

  private typealias Blend = (lower: Int, upper: Int, weight: Float)

  private func blend(at point: Double, last: Int) -> Blend {
    let clamped = Swift.min(Swift.max(point, 0), Double(last))
    let lower = Swift.min(Int(clamped: clamped), last)
    return (lower, Swift.min(lower + 1, last), Float(clamped - Double(lower)))
  }

  private func mix(_ blend: Blend, _ i: Int, _ plane: Int) -> Float {
    let low = voxels[blend.lower * plane + i]
    return low + (voxels[blend.upper * plane + i] - low) * blend.weight
  }
}

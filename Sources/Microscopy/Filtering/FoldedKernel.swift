import Compute
import Foundation

/// A Gaussian that is much wider than the axis it runs along: the weight of every voxel of the axis
/// is added up over all its images beyond the border, so that the work does not grow with σ.
struct FoldedKernel: Sendable {
  /// The length of the axis.
  let length: Int
  private let border: FilterBorder
  /// For borders that repeat themselves: the weight of each offset, modulo the period.
  private var ring: [Double] = []
  /// For `nearest`: the weights of the offsets 0…length, and the sum of those from each on.
  private var weights: [Double] = []
  private var tails: [Double] = []

  /// Kernels of at most this radius are added up offset by offset; wider ones are even.
  private static let widest = 1 << 22

  /// A normalized Gaussian cut at `radius`, which exceeds the length of the axis.
  init(sigma: Double, radius: Int, length: Int, border: FilterBorder) {
    self.length = length
    self.border = border
    let isEven = radius > Self.widest
    func weight(_ offset: Int) -> Double {
      exp(-0.5 * Double(offset) / sigma * (Double(offset) / sigma))
    }
    let total =
      isEven
      ? sigma * (2 * Double.pi).squareRoot()
      : weight(0) + 2 * (1...radius).reduce(0) { $0 + weight($1) }
    if border == .nearest {
      weights = (0...length).map { weight($0) / total }
      // Half of the kernel lies on either side of its middle.
      var tail = 0.5 + weights[0] / 2
      for offset in 0...length {
        tails.append(tail)
        tail -= weights[offset]
      }
      return
    }
    let period = border == .mirror ? 2 * (length - 1) : 2 * length
    if isEven {
      ring = Array(repeating: 1 / Double(period), count: period)
      return
    }
    ring = Array(repeating: 0, count: period)
    for offset in -radius...radius {
      ring[((offset % period) + period) % period] += weight(abs(offset)) / total
    }
  }

  /// The weights of all voxels of the axis for the voxel at a position.
  func weights(at position: Int) -> [Float] {
    var result = [Double](repeating: 0, count: length)
    if border == .nearest {
      for index in 1..<max(1, length - 1) { result[index] = weights[abs(index - position)] }
      result[0] += tails[position]
      result[length - 1] += tails[length - 1 - position]
    } else {
      for (offset, weight) in ring.enumerated() {
        result[border.index(position + offset, length: length)] += weight
      }
    }
    return result.map { Float($0) }
  }
}

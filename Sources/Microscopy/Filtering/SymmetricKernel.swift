import Compute
import Foundation

/// A symmetric kernel along one axis, and which voxels it sees near the border.
///
/// Every voxel becomes `w₀·v + w₁·(v₋₁ + v₊₁) + w₂·(v₋₂ + v₊₂) + …`, added in this order in float32
/// whatever the axis, so that the result is the same bits however rows are cut and vectorized.
struct SymmetricKernel: Sendable {
  /// The weights from the center outwards.
  private let weights: [Float]
  /// Which index of the axis is seen at position `i - radius`.
  private let seen: [Int]
  /// The kernel where it is much wider than the axis; then the others are empty.
  private let folded: FoldedKernel?
  /// How far the kernel reaches on either side.
  private var radius: Int { weights.count - 1 }

  /// How many voxels on either side of a voxel it is made of, at most.
  var reach: Int { folded?.length ?? radius }

  /// A normalized Gaussian cut at 4σ, for an axis of `length` voxels; nil where it changes nothing.
  init?(sigma: Double, length: Int, border: FilterBorder) {
    let radius = Int(clamped: 4 * sigma + 0.5)
    guard radius > 0, length > 1 else { return nil }
    if radius > Self.widest(length) {
      folded = FoldedKernel(sigma: sigma, radius: radius, length: length, border: border)
      (weights, seen) = ([], [])
      return
    }
    folded = nil
    let raw = (0...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
    let total = raw[0] + 2 * raw[1...].reduce(0, +)
    weights = raw.map { Float($0 / total) }
    seen = (-radius..<length + radius).map { border.index($0, length: length) }
  }

  /// The radius up to which an axis is seen again and again beyond its ends, offset by offset.
  private static func widest(_ length: Int) -> Int { 64 + 8 * length }

  /// The index seen `offset` steps from `position`.
  func index(_ offset: Int, from position: Int) -> Int { seen[position + offset + radius] }

  /// Convolves across rows: those of `source` that begin at `start(i)` for each index i along the
  /// axis. Writes the row at `position`.
  func convolve(
    rows source: Span<Float>, _ start: (Int) -> Int, at position: Int, count: Int,
    into output: inout MutableSpan<Float>, at target: Int, pairs: inout [(low: Int, high: Int)]
  ) {
    if let folded {
      for (index, weight) in folded.weights(at: position).enumerated() {
        let row = start(index)
        for i in 0..<count {
          let value = weight * source[row + i]
          output[target + i] = index == 0 ? value : output[target + i] + value
        }
      }
      return
    }
    pairs.removeAll(keepingCapacity: true)
    for offset in 0...radius {
      pairs.append((start(index(-offset, from: position)), start(index(offset, from: position))))
    }
    sum(source, pairs, count: count, into: &output, at: target)
  }

  /// Convolves along a row of `source` that begins at `start`; `padded` is scratch.
  func convolve(
    row source: Span<Float>, at start: Int, count: Int,
    into output: inout MutableSpan<Float>, at target: Int, padded: inout [Float],
    pairs: inout [(low: Int, high: Int)]
  ) {
    if let folded {
      for i in 0..<count {
        var total: Float = 0
        for (index, weight) in folded.weights(at: i).enumerated() {
          total += weight * source[start + index]
        }
        output[target + i] = total
      }
      return
    }
    padded.removeAll(keepingCapacity: true)
    for index in seen { padded.append(source[start + index]) }
    pairs.removeAll(keepingCapacity: true)
    for offset in 0...radius { pairs.append((radius - offset, radius + offset)) }
    sum(padded.span, pairs, count: count, into: &output, at: target)
  }

  /// output[i] = w₀ · source[pairs[0] + i] + Σ wₒ · (source[pairs[o].low + i] +
  /// source[pairs[o].high + i])
  private func sum(
    _ source: Span<Float>, _ pairs: [(low: Int, high: Int)], count: Int,
    into output: inout MutableSpan<Float>, at target: Int
  ) {
    for (low, high) in pairs {
      precondition(
        low >= 0 && high >= 0 && max(low, high) + count <= source.count, "a row leaves its volume")
    }
    precondition(target + count <= output.count, "a row leaves its volume")
    let bytes = unsafe source.bytes
    func load(_ index: Int) -> SIMD16<Float> {
      unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: SIMD16<Float>.self)
    }
    var i = 0
    while i + 16 <= count {
      var total = weights[0] * load(pairs[0].low + i)
      for offset in 1..<weights.count {
        total += weights[offset] * (load(pairs[offset].low + i) + load(pairs[offset].high + i))
      }
      for lane in 0..<16 { unsafe output[unchecked: target + i + lane] = total[lane] }
      i += 16
    }
    while i < count {
      var total = weights[0] * source[pairs[0].low + i]
      for offset in 1..<weights.count {
        total += weights[offset] * (source[pairs[offset].low + i] + source[pairs[offset].high + i])
      }
      output[target + i] = total
      i += 1
    }
  }
}

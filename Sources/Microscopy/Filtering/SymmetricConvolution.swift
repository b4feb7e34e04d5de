/// Convolves the rows of a volume with a symmetric kernel along one axis.
///
/// Every voxel is `w₀·v + w₁·(v₋₁ + v₊₁) + w₂·(v₋₂ + v₊₂) + …`, added in this order in float32
/// whatever the axis, so that the result is the same bits however rows are cut and vectorized.
struct SymmetricConvolution: Sendable {
  /// The kernel from its center outwards.
  private let weights: [Float]
  private let axis: Axis
  private let extent: Extent
  /// Which index of the axis is seen at place `i - radius`.
  private let seen: [Int]
  private var radius: Int { weights.count - 1 }

  init(weights: [Float], axis: Axis, border: FilterBorder, extent: Extent) {
    self.weights = weights
    self.axis = axis
    self.extent = extent
    let radius = weights.count - 1
    seen = (-radius..<extent[axis] + radius).map { border.index($0, length: extent[axis]) }
  }

  /// Writes `rows` (numbered z · height + y) of the result.
  func write(rows: Range<Int>, of source: Span<Float>, into output: inout MutableSpan<Float>) {
    let width = extent.width
    var padded = [Float](repeating: 0, count: axis == .x ? width + 2 * radius : 0)
    for (i, row) in rows.enumerated() {
      var result = output._mutatingExtracting(i * width..<(i + 1) * width)
      let center = source.extracting(row * width..<(row + 1) * width)
      scale(center, into: &result)
      if axis == .x {
        for (place, index) in seen.enumerated() { padded[place] = center[index] }
        for offset in 1...radius {
          let low = padded.span.extracting(radius - offset..<radius - offset + width)
          let high = padded.span.extracting(radius + offset..<radius + offset + width)
          add(low, high, weights[offset], to: &result)
        }
      } else {
        let (z, y) = (row / extent.height, row % extent.height)
        for offset in 1...radius {
          let low = neighbor(z: z, y: y, at: -offset) * width
          let high = neighbor(z: z, y: y, at: offset) * width
          add(
            source.extracting(low..<low + width), source.extracting(high..<high + width),
            weights[offset], to: &result)
        }
      }
    }
  }

  /// The row seen `offset` steps along the axis from row (z, y).
  private func neighbor(z: Int, y: Int, at offset: Int) -> Int {
    axis == .z
      ? seen[z + offset + radius] * extent.height + y
      : z * extent.height + seen[y + offset + radius]
  }

  private func scale(_ row: Span<Float>, into output: inout MutableSpan<Float>) {
    let weight = weights[0]
    precondition(row.count == output.count, "rows of unequal length")
    for x in 0..<row.count { output[unchecked: x] = weight * row[unchecked: x] }
  }

  private func add(
    _ low: Span<Float>, _ high: Span<Float>, _ weight: Float,
    to output: inout MutableSpan<Float>
  ) {
    let count = output.count
    precondition(low.count == count && high.count == count, "rows of unequal length")
    for x in 0..<count {
      output[unchecked: x] += weight * (low[unchecked: x] + high[unchecked: x])
    }
  }
}

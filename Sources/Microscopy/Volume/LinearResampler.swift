import Compute

/// Resamples a volume plane by plane: z, then the rows of the mixed plane in y, then x, so that all
/// scratch stays in the cache.
struct LinearResampler: Sendable {
  let from: Extent
  let to: Extent
  private let z: LinearWeights
  private let y: LinearWeights
  private let x: LinearWeights

  init(from: Extent, to: Extent) {
    self.from = from
    self.to = to
    z = LinearWeights(from: from.depth, to: to.depth)
    y = LinearWeights(from: from.height, to: to.height)
    x = LinearWeights(from: from.width, to: to.width)
  }

  /// The planes of the source that planes `depths` of the result are made of.
  func planes(for depths: Range<Int>) -> Range<Int> {
    guard !z.isIdentity, let last = depths.last else { return depths }
    return z.lower[depths.lowerBound]..<z.upper[last] + 1
  }

  /// Planes `depths` of the result, from the planes of the source that begin with plane `first`.
  func planes(_ depths: Range<Int>, of source: Volume<Float>, from first: Int) -> Volume<Float> {
    let plane = to.height * to.width
    let planesPerPiece = Swift.max(1, (1 << 16) / plane)
    let result = [Float](count: depths.count * plane, pieces: planesPerPiece * plane) {
      range, piece in
      let start = depths.lowerBound + range.lowerBound / plane
      write(
        planes: start..<start + range.count / plane, of: source.voxels.span, from: first,
        into: &piece)
    }
    return Volume(result, extent: to.withDepth(depths.count))
  }

  /// Writes planes `depths` of the result from a source that begins with plane `first`.
  private func write(
    planes depths: Range<Int>, of source: Span<Float>, from first: Int,
    into output: inout MutableSpan<Float>
  ) {
    let plane = from.height * from.width
    func range(_ z: Int) -> Range<Int> { (z - first) * plane..<(z - first + 1) * plane }
    var planeScratch = [Float](repeating: 0, count: z.isIdentity ? 0 : plane)
    var rowScratch = [Float](repeating: 0, count: y.isIdentity ? 0 : from.width)
    var mixed = planeScratch.mutableSpan
    var rows = rowScratch.mutableSpan
    for (i, depth) in depths.enumerated() {
      let offset = i * to.height * to.width
      if z.isIdentity {
        write(
          plane: source.extracting(range(depth)), into: &output, at: offset, rows: &rows)
        continue
      }
      let lower = source.extracting(range(z.lower[depth]))
      let upper = source.extracting(range(z.upper[depth]))
      if y.isIdentity && x.isIdentity {
        Self.mix(lower, upper, z.weight[depth], into: &output, at: offset)
      } else {
        Self.mix(lower, upper, z.weight[depth], into: &mixed, at: 0)
        write(plane: mixed.span, into: &output, at: offset, rows: &rows)
      }
    }
  }

  /// Resamples one plane in y and x; `rows` is scratch for a row.
  private func write(
    plane: Span<Float>, into output: inout MutableSpan<Float>, at offset: Int,
    rows: inout MutableSpan<Float>
  ) {
    for row in 0..<to.height {
      let offset = offset + row * to.width
      if y.isIdentity {
        let source = plane.extracting(row * from.width..<(row + 1) * from.width)
        write(row: source, into: &output, at: offset)
        continue
      }
      let lower = plane.extracting(y.lower[row] * from.width..<(y.lower[row] + 1) * from.width)
      let upper = plane.extracting(y.upper[row] * from.width..<(y.upper[row] + 1) * from.width)
      if x.isIdentity {
        Self.mix(lower, upper, y.weight[row], into: &output, at: offset)
      } else {
        Self.mix(lower, upper, y.weight[row], into: &rows, at: 0)
        write(row: rows.span, into: &output, at: offset)
      }
    }
  }

  /// Resamples one row in x.
  private func write(row: Span<Float>, into output: inout MutableSpan<Float>, at offset: Int) {
    if x.isIdentity {
      for i in 0..<to.width { output[offset + i] = row[i] }
      return
    }
    for i in 0..<to.width {
      let lower = row[x.lower[i]]
      output[offset + i] = lower + (row[x.upper[i]] - lower) * x.weight[i]
    }
  }

  /// output = lower + (upper − lower) · weight: exact for equal inputs and for weight 0.
  private static func mix(
    _ lower: Span<Float>, _ upper: Span<Float>, _ weight: Float,
    into output: inout MutableSpan<Float>, at offset: Int
  ) {
    let count = lower.count
    precondition(upper.count == count && offset + count <= output.count, "rows of unequal length")
    for i in 0..<count {
      let low = unsafe lower[unchecked: i]
      unsafe output[unchecked: offset + i] = unsafe low + (upper[unchecked: i] - low) * weight
    }
  }
}

/// Convolves a volume along z, y and x, plane by plane, so that what lies between stays in the
/// cache.
struct PlaneConvolution: Sendable {
  let extent: Extent
  /// The kernel along each axis, nil where nothing changes.
  let z: SymmetricKernel?
  let y: SymmetricKernel?
  let x: SymmetricKernel?

  /// Writes `planes` of the result.
  func write(planes: Range<Int>, of source: Span<Float>, into output: inout MutableSpan<Float>) {
    let count = extent.height * extent.width
    var first = [Float](repeating: 0, count: z == nil ? 0 : count)
    var second = [Float](repeating: 0, count: y == nil ? 0 : count)
    var scratch = Scratch()
    for (i, plane) in planes.enumerated() {
      let target = i * count
      let own = source.extracting(plane * count..<(plane + 1) * count)
      if let z {
        var mixed = first.mutableSpan
        for row in 0..<extent.height {
          z.convolve(
            rows: source, { ($0 * extent.height + row) * extent.width }, at: plane,
            count: extent.width, into: &mixed, at: row * extent.width, pairs: &scratch.pairs)
        }
        finish(mixed.span, second: &second, &scratch, into: &output, at: target)
      } else {
        finish(own, second: &second, &scratch, into: &output, at: target)
      }
    }
  }

  /// Convolves one plane along y and x.
  private func finish(
    _ plane: Span<Float>, second: inout [Float], _ scratch: inout Scratch,
    into output: inout MutableSpan<Float>, at target: Int
  ) {
    guard let y else { return finish(plane, &scratch, into: &output, at: target) }
    var mixed = second.mutableSpan
    for row in 0..<extent.height {
      y.convolve(
        rows: plane, { $0 * extent.width }, at: row, count: extent.width, into: &mixed,
        at: row * extent.width, pairs: &scratch.pairs)
    }
    finish(mixed.span, &scratch, into: &output, at: target)
  }

  /// Convolves one plane along x.
  private func finish(
    _ plane: Span<Float>, _ scratch: inout Scratch, into output: inout MutableSpan<Float>,
    at target: Int
  ) {
    guard let x else {
      for i in plane.indices { output[target + i] = plane[i] }
      return
    }
    for row in 0..<extent.height {
      x.convolve(
        row: plane, at: row * extent.width, count: extent.width, into: &output,
        at: target + row * extent.width, padded: &scratch.padded, pairs: &scratch.pairs)
    }
  }

  private struct Scratch {
    var padded: [Float] = []
    var pairs: [(low: Int, high: Int)] = []
  }
}

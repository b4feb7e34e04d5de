import Compute

/// Convolves a volume along z, y and x, plane by plane, so that what lies between stays in the
/// cache.
struct PlaneConvolution: Sendable {
  let extent: Extent
  /// The kernel along each axis, nil where nothing changes.
  let z: SymmetricKernel?
  let y: SymmetricKernel?
  let x: SymmetricKernel?

  /// A Gaussian that is cut at 4σ.
  init(extent: Extent, sigma: GaussianSigma, border: FilterBorder) {
    self.extent = extent
    func kernel(_ axis: Axis) -> SymmetricKernel? {
      SymmetricKernel(sigma: sigma[axis], length: extent[axis], border: border)
    }
    (z, y, x) = (kernel(.z), kernel(.y), kernel(.x))
  }

  /// The `planes` of the result, from the planes of the volume that begin with plane `first` and
  /// hold all that the kernel reaches.
  func planes(_ planes: Range<Int>, of source: Volume<Float>, from first: Int) -> Volume<Float> {
    let plane = extent.height * extent.width
    let planesPerPiece = Swift.max(1, (1 << 15) / Swift.max(1, plane))
    let result = [Float](count: planes.count * plane, pieces: planesPerPiece * plane) {
      range, piece in
      let start = planes.lowerBound + range.lowerBound / plane
      write(
        planes: start..<start + range.count / plane, of: source.voxels.span, from: first,
        into: &piece)
    }
    return Volume(result, extent: extent.withDepth(planes.count), voxelSize: source.voxelSize)
  }

  /// Writes `planes` of the result from a source that begins with plane `origin`.
  private func write(
    planes: Range<Int>, of source: Span<Float>, from origin: Int,
    into output: inout MutableSpan<Float>
  ) {
    let count = extent.height * extent.width
    var first = [Float](repeating: 0, count: z == nil ? 0 : count)
    var second = [Float](repeating: 0, count: y == nil ? 0 : count)
    var scratch = Scratch()
    for (i, plane) in planes.enumerated() {
      let target = i * count
      let own = source.extracting((plane - origin) * count..<(plane - origin + 1) * count)
      if let z {
        var mixed = first.mutableSpan
        for row in 0..<extent.height {
          z.convolve(
            rows: source, { (($0 - origin) * extent.height + row) * extent.width }, at: plane,
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

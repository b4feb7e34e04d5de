/// How a convolution is computed. All give the same sums up to rounding; which one is fastest
/// depends on the geometry (``ConvolutionPlanner``).
public enum ConvolutionAlgorithm: Hashable, Sendable {
  /// Tiles of shifted input copies, one OpenBLAS sgemm each: allows every geometry. A window of a
  /// single voxel needs no copies, its sgemm reads the input itself.
  case im2col
  /// The taps' products in registers, read from one padded copy of a block of rows.
  case direct
  /// Short linear transforms (Winograd, Toom–Cook) along the axes where the value, the outputs per
  /// tile, exceeds 1; products as in ``direct`` over the taps of the other axes. F(m, k) along an
  /// axis needs m + k − 1 multiplications where the definition needs m · k.
  case transforms(SpatialAxes)

  /// Outputs per tile along z, y, x, 1 along an axis without a transform; nil for ``im2col``, which
  /// has no such tiles.
  var tile: SpatialAxes? {
    switch self {
    case .im2col: nil
    case .direct: 1
    case .transforms(let tile): tile
    }
  }
}

extension ConvolutionAlgorithm: LosslessStringConvertible {
  /// As `im2col`, `direct` or `fast-4x4x1` (outputs per tile along z, y, x).
  public var description: String {
    switch self {
    case .im2col: "im2col"
    case .direct: "direct"
    case .transforms(let tile): "fast-\(tile.depth)x\(tile.height)x\(tile.width)"
    }
  }

  /// Reads a ``description``; nil if there is no such algorithm.
  public init?(_ description: String) {
    switch description.lowercased() {
    case "im2col": self = .im2col
    case "direct": self = .direct
    case let name:
      guard name.hasPrefix("fast-") else { return nil }
      let sizes = name.dropFirst(5).split(separator: "x", omittingEmptySubsequences: false)
        .map { Int($0) }
      guard sizes.count == 3, let z = sizes[0], let y = sizes[1], let x = sizes[2],
        [z, y, x].allSatisfy({ (1...7).contains($0) }), [z, y, x] != [1, 1, 1]
      else { return nil }
      self = .transforms(SpatialAxes(z, y, x))
    }
  }
}

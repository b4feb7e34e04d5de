import Compute

/// Growing activations at their far ends, and cropping them back.
public enum Padding {
  /// The activation with `extents`, mirrored beyond its far end on every axis without repeating the
  /// last voxel (… c b | a b c | b a …); an axis of one voxel is repeated. `extents` are at least
  /// the input's on every axis.
  public static func mirror(_ x: Tensor, to extents: SpatialAxes) throws(ShapeError) -> Tensor {
    let shape = x.shape
    try shape.requireActivation("mirror padding")
    guard zip(extents.array, shape.extents.array).allSatisfy({ $0 >= $1 }) else {
      throw ShapeError(
        "mirror padding", expected: "at least \(shape.extents)", found: "\(extents)")
    }
    if extents == shape.extents { return x }
    let sources = zip(extents.array, shape.extents.array).map { target, source in
      (0..<target).map { reflect($0, source) }
    }
    return gather(x, extents: extents, z: sources[0], y: sources[1], x: sources[2])
  }

  /// The first `extents` voxels of every axis.
  public static func crop(_ x: Tensor, to extents: SpatialAxes) throws(ShapeError) -> Tensor {
    try x.shape.requireActivation("cropping")
    guard zip(extents.array, x.shape.extents.array).allSatisfy({ $0 <= $1 && $0 > 0 }) else {
      throw ShapeError(
        "cropping", expected: "at most \(x.shape.extents)", found: "\(extents)")
    }
    if extents == x.shape.extents { return x }
    return gather(
      x, extents: extents, z: Array(0..<extents.depth), y: Array(0..<extents.height),
      x: Array(0..<extents.width))
  }

  /// The gradient of ``crop(_:to:)``: zeros beyond the far end.
  public static func cropGradient(
    _ gradient: Tensor, extents: SpatialAxes
  ) throws(ShapeError) -> Tensor {
    try gradient.shape.requireActivation("cropping gradient")
    if gradient.shape.extents == extents { return gradient }
    return scatter(
      gradient, extents: extents, z: Array(0..<gradient.shape.depth),
      y: Array(0..<gradient.shape.height), x: Array(0..<gradient.shape.width))
  }

  /// The gradient of ``mirror(_:to:)``: what the copies received is added to the original.
  public static func mirrorGradient(
    _ gradient: Tensor, extents: SpatialAxes
  ) throws(ShapeError) -> Tensor {
    try gradient.shape.requireActivation("mirror padding gradient")
    if gradient.shape.extents == extents { return gradient }
    let sources = zip(gradient.shape.extents.array, extents.array).map { target, source in
      (0..<target).map { reflect($0, source) }
    }
    return scatter(gradient, extents: extents, z: sources[0], y: sources[1], x: sources[2])
  }

  /// The index in `0..<count` that `index` mirrors to.
  static func reflect(_ index: Int, _ count: Int) -> Int {
    guard count > 1 else { return 0 }
    let period = 2 * (count - 1)
    let at = index % period
    return at < count ? at : period - at
  }

  private static func gather(
    _ source: Tensor, extents: SpatialAxes, z: [Int], y: [Int], x: [Int]
  ) -> Tensor {
    let shape = source.shape
    var result = Tensor(
      uninitialized: Shape(batch: shape.batch, channels: shape.channels, extents: extents))
    result.withMutablePointer { target in
      source.withPointer { source in
        let (target, source) = (DisjointPointer(target), SharedPointer(source))
        Parallel.forEach(shape.batch * shape.channels) { channel, _ in
          var to = target + channel * extents.product
          for iz in z {
            for iy in y {
              let row = source + ((channel * shape.depth + iz) * shape.height + iy) * shape.width
              for (i, ix) in x.enumerated() { to[i] = row[ix] }
              to += x.count
            }
          }
        }
      }
    }
    return result
  }

  /// The transpose of ``gather``: adds every element to the voxel it was copied from.
  private static func scatter(
    _ gradient: Tensor, extents: SpatialAxes, z: [Int], y: [Int], x: [Int]
  ) -> Tensor {
    let shape = gradient.shape
    var result = Tensor(
      zeros: Shape(batch: shape.batch, channels: shape.channels, extents: extents))
    result.withMutablePointer { target in
      gradient.withPointer { source in
        let (target, source) = (DisjointPointer(target), SharedPointer(source))
        Parallel.forEach(shape.batch * shape.channels) { channel, _ in
          var from = source + channel * shape.voxels
          for iz in z {
            for iy in y {
              let row =
                target + ((channel * extents.depth + iz) * extents.height + iy) * extents.width
              for (i, ix) in x.enumerated() { row[ix] += from[i] }
              from += x.count
            }
          }
        }
      }
    }
    return result
  }
}

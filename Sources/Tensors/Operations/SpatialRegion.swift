import Compute

/// A box of voxels of an activation.
public struct SpatialRegion: Hashable, Sendable {
  /// The first voxel.
  public var origin: SpatialAxes
  /// The number of voxels along every axis.
  public var extents: SpatialAxes

  /// The box of `extents` from `origin` on.
  public init(origin: SpatialAxes, extents: SpatialAxes) {
    self.origin = origin
    self.extents = extents
  }

  /// All voxels of an activation.
  public init(_ extents: SpatialAxes) { self.init(origin: 0, extents: extents) }

  /// The region of every voxel of this one and `margin` around it, within an activation of
  /// `extents`, made even at both ends, as far as these are.
  package func widened(by margin: Int, within extents: SpatialAxes) -> SpatialRegion {
    func axis(_ first: Int, _ count: Int, _ length: Int) -> (Int, Int) {
      let low = max(0, first - margin) / 2 * 2
      let high = min(length, (first + count + margin + 1) / 2 * 2)
      return (low, high - low)
    }
    let z = axis(origin.depth, self.extents.depth, extents.depth)
    let y = axis(origin.height, self.extents.height, extents.height)
    let x = axis(origin.width, self.extents.width, extents.width)
    return SpatialRegion(
      origin: SpatialAxes(z.0, y.0, x.0), extents: SpatialAxes(z.1, y.1, x.1))
  }

  /// The same voxels at half the resolution; both ends are even.
  package var halved: SpatialRegion {
    SpatialRegion(origin: origin.map { $0 / 2 }, extents: extents.map { $0 / 2 })
  }

  /// This region as one of another that holds it.
  package func inside(_ other: SpatialRegion) -> SpatialRegion {
    SpatialRegion(
      origin: SpatialAxes(
        origin.depth - other.origin.depth, origin.height - other.origin.height,
        origin.width - other.origin.width), extents: extents)
  }
}

extension Tensor {
  /// The voxels of a region of an activation; the tensor itself if these are all.
  package func cropped(to region: SpatialRegion) -> Tensor {
    if region == SpatialRegion(shape.extents) { return self }
    let (origin, extents, whole) = (region.origin, region.extents, shape.extents)
    precondition(
      zip(zip(origin.array, extents.array), whole.array).allSatisfy {
        $0.0 >= 0 && $0.1 > 0 && $0.0 + $0.1 <= $1
      }, "\(region) does not lie in \(shape)")
    var result = Tensor(
      uninitialized: Shape(batch: shape.batch, channels: shape.channels, extents: extents))
    result.withMutablePointer { target in
      withPointer { source in
        let (target, source) = (DisjointPointer(target), SharedPointer(source))
        Parallel.forEach(shape.batch * shape.channels * extents.depth) { plane, _ in
          let (channel, z) = (plane / extents.depth, plane % extents.depth)
          let first = (channel * whole.depth + origin.depth + z) * whole.height + origin.height
          for y in 0..<extents.height {
            (target + (plane * extents.height + y) * extents.width).update(
              from: source + ((first + y) * whole.width + origin.width), count: extents.width)
          }
        }
      }
    }
    return result
  }
}

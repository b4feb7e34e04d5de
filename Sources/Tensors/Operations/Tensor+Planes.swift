import Compute

/// Copying planes (along z) of activations.
extension Tensor {
  /// Planes `range` of an activation, `[N, C, range.count, H, W]`; those outside `valid` are zero,
  /// as the padding of a convolution is.
  package func planes(_ range: Range<Int>, of valid: Range<Int>? = nil) -> Tensor {
    let area = shape.height * shape.width
    var result = Tensor(
      uninitialized: Shape(
        batch: shape.batch, channels: shape.channels, depth: range.count, height: shape.height,
        width: shape.width))
    let inside = range.clamped(to: valid ?? 0..<shape.depth)
    precondition(
      inside.lowerBound >= 0 && inside.upperBound <= shape.depth,
      "planes \(inside) do not lie in \(shape)")
    let before = min(range.count, max(0, inside.lowerBound - range.lowerBound))
    let after = range.count - before - inside.count
    let (depth, count) = (shape.depth, range.count)
    result.withMutablePointer { target in
      withPointer { source in
        let (target, source) = (DisjointPointer(target), SharedPointer(source))
        Parallel.forEach(shape.batch * shape.channels) { channel, _ in
          let to = target + channel * count * area
          to.update(repeating: 0, count: before * area)
          (to + before * area).update(
            from: source + (channel * depth + inside.lowerBound) * area, count: inside.count * area)
          (to + (count - after) * area).update(repeating: 0, count: after * area)
        }
      }
    }
    return result
  }

  /// Replaces the planes from `first` on by those of `slab`, which has the same batch, channels,
  /// height and width.
  package mutating func replacePlanes(from first: Int, by slab: Tensor) {
    let (depth, count) = (shape.depth, slab.shape.depth)
    precondition(
      slab.shape.batch == shape.batch && slab.shape.channels == shape.channels
        && slab.shape.height == shape.height && slab.shape.width == shape.width
        && first >= 0 && first + count <= depth,
      "planes \(slab.shape) from \(first) on do not fit \(shape)")
    let area = shape.height * shape.width
    let channels = shape.batch * shape.channels
    withMutablePointer { target in
      slab.withPointer { source in
        let (target, source) = (DisjointPointer(target), SharedPointer(source))
        Parallel.forEach(channels) { channel, _ in
          (target + (channel * depth + first) * area).update(
            from: source + channel * count * area, count: count * area)
        }
      }
    }
  }
}

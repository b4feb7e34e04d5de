import Compute

/// Copying planes (along z) of activations.
extension Tensor {
  /// Planes `range` of an activation, `[N, C, range.count, H, W]`.
  package func planes(_ range: Range<Int>) -> Tensor {
    var result = Tensor(
      uninitialized: Shape(
        batch: shape.batch, channels: shape.channels, depth: range.count, height: shape.height,
        width: shape.width))
    result.replaceChannels(from: 0, by: self, planes: range, of: range)
    return result
  }

  /// Replaces channels from `first` on by planes `range` of another activation; those outside
  /// `valid` are zero, as the padding of a convolution is.
  mutating func replaceChannels(
    from first: Int, by other: Tensor, planes range: Range<Int>, of valid: Range<Int>
  ) {
    let area = shape.height * shape.width
    let inside = range.clamped(to: valid)
    precondition(
      inside.lowerBound >= 0 && inside.upperBound <= other.shape.depth,
      "planes \(inside) do not lie in \(other.shape)")
    precondition(
      other.shape.batch == shape.batch && other.shape.height * other.shape.width == area
        && range.count == shape.depth && first + other.shape.channels <= shape.channels,
      "channels of \(other.shape) from \(first) on do not fit \(shape)")
    let before = min(range.count, max(0, inside.lowerBound - range.lowerBound))
    let after = range.count - before - inside.count
    let (depth, count) = (other.shape.depth, range.count)
    let (channels, all) = (other.shape.channels, shape.channels)
    withMutablePointer { target in
      other.withPointer { source in
        nonisolated(unsafe) let (target, source) = (target, source)
        Parallel.forEach(other.shape.batch * channels) { job, _ in
          let to = target + (job / channels * all + first + job % channels) * count * area
          to.update(repeating: 0, count: before * area)
          (to + before * area).update(
            from: source + (job * depth + inside.lowerBound) * area, count: inside.count * area)
          (to + (count - after) * area).update(repeating: 0, count: after * area)
        }
      }
    }
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
        nonisolated(unsafe) let (target, source) = (target, source)
        Parallel.forEach(channels) { channel, _ in
          (target + (channel * depth + first) * area).update(
            from: source + channel * count * area, count: count * area)
        }
      }
    }
  }
}

import Compute

/// Joining and splitting activations along the channel axis.
public enum Channels {
  /// `[N, A, …]` and `[N, B, …]` → `[N, A + B, …]`, the first tensor's channels first.
  ///
  /// Morula's own networks read a ``ChannelStack`` instead, without the copy; this is for
  /// operations that take a single tensor.
  public static func concatenate(_ a: Tensor, _ b: Tensor) throws(ShapeError) -> Tensor {
    try a.shape.requireActivation("concatenation")
    guard b.shape.rank == 5, a.shape.with(channels: 1) == b.shape.with(channels: 1) else {
      throw ShapeError(
        "concatenation", expected: "equal batch and extents, \(a.shape)", found: "\(b.shape)")
    }
    let shape = a.shape.with(channels: a.shape.channels + b.shape.channels)
    var result = Tensor(uninitialized: shape)
    let (na, nb) = (a.count / shape.batch, b.count / shape.batch)
    result.withMutablePointer { y in
      a.withPointer { a in
        b.withPointer { b in
          for sample in 0..<shape.batch {
            let target = y + sample * (na + nb)
            Memory.copy(a + sample * na, to: target, count: na)
            Memory.copy(b + sample * nb, to: target + na, count: nb)
          }
        }
      }
    }
    return result
  }

  /// A stack as one activation: its only part, or a copy.
  static func joined(_ stack: ChannelStack) -> Tensor {
    if stack.parts.count == 1 { return stack.parts[0] }
    let shape = stack.shape
    var result = Tensor(uninitialized: shape)
    result.withMutablePointer { target in
      var first = 0
      for part in stack.parts {
        let size = part.count / shape.batch
        part.withPointer { source in
          for sample in 0..<shape.batch {
            Memory.copy(
              source + sample * size, to: target + sample * shape.count / shape.batch + first,
              count: size)
          }
        }
        first += size
      }
    }
    return result
  }

  /// The first `count` channels, and the rest: the gradient of ``concatenate(_:_:)``.
  public static func split(
    _ x: Tensor, at count: Int
  ) throws(ShapeError) -> (first: Tensor, rest: Tensor) {
    try x.shape.requireActivation("channel split")
    guard count > 0, count < x.shape.channels else {
      throw ShapeError(
        "channel split", expected: "between 1 and \((x.shape.channels - 1).counted("channel"))",
        found: "\(count)")
    }
    var first = Tensor(uninitialized: x.shape.with(channels: count))
    var rest = Tensor(uninitialized: x.shape.with(channels: x.shape.channels - count))
    let batch = x.shape.batch
    let (na, nb) = (first.count / batch, rest.count / batch)
    x.withPointer { x in
      first.withMutablePointer { a in
        rest.withMutablePointer { b in
          for sample in 0..<batch {
            let source = x + sample * (na + nb)
            Memory.copy(source, to: a + sample * na, count: na)
            Memory.copy(source + na, to: b + sample * nb, count: nb)
          }
        }
      }
    }
    return (first, rest)
  }
}

/// Copies on all threads.
enum Memory {
  static func copy(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int
  ) {
    let (source, target) = (SharedPointer(source), DisjointPointer(target))
    Parallel.forEachChunk(of: count, size: 1 << 18) { range in
      (target + range.lowerBound).update(from: source + range.lowerBound, count: range.count)
    }
  }
}

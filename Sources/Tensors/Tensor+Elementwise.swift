import Compute

/// Loops over whole tensors on all threads, for optimizers and losses.
///
/// The pieces have a fixed size and each element is computed alone, so the results are the same bits
/// for any number of threads. The functions are inlined into their callers together with `body`,
/// which turns them into plain vectorizable loops.
extension Tensor {
  /// Elements of a piece: 128 KiB of each tensor, which stays in the second-level cache.
  @usableFromInline package static let pieceSize = 1 << 15

  /// `body(&self[i], a[i])` for every element.
  @inlinable @inline(__always)
  package mutating func update(with a: Tensor, _ body: @Sendable (inout Float, Float) -> Void) {
    precondition(a.shape == shape, "an update of \(shape) cannot read \(a.shape)")
    let count = count
    withMutablePointer { target in
      a.withPointer { source in
        nonisolated(unsafe) let (target, source) = (target, source)
        Parallel.forEachChunk(of: count, size: Tensor.pieceSize) { range in
          for i in range { body(&target[i], source[i]) }
        }
      }
    }
  }

  /// `body(&self[i], &a[i], b[i])` for every element.
  @inlinable @inline(__always)
  package mutating func update(
    _ a: inout Tensor, with b: Tensor, _ body: @Sendable (inout Float, inout Float, Float) -> Void
  ) {
    precondition(
      a.shape == shape && b.shape == shape,
      "an update of \(shape) cannot use \(a.shape) and \(b.shape)")
    let count = count
    withMutablePointer { first in
      a.withMutablePointer { second in
        b.withPointer { source in
          nonisolated(unsafe) let (first, second, source) = (first, second, source)
          Parallel.forEachChunk(of: count, size: Tensor.pieceSize) { range in
            for i in range { body(&first[i], &second[i], source[i]) }
          }
        }
      }
    }
  }

  /// `body(&self[i], &a[i], &b[i], c[i])` for every element.
  @inlinable @inline(__always)
  package mutating func update(
    _ a: inout Tensor, _ b: inout Tensor, with c: Tensor,
    _ body: @Sendable (inout Float, inout Float, inout Float, Float) -> Void
  ) {
    precondition(
      a.shape == shape && b.shape == shape && c.shape == shape,
      "an update of \(shape) cannot use \(a.shape), \(b.shape) and \(c.shape)")
    let count = count
    withMutablePointer { first in
      a.withMutablePointer { second in
        b.withMutablePointer { third in
          c.withPointer { source in
            nonisolated(unsafe) let (first, second, third) = (first, second, third)
            nonisolated(unsafe) let source = source
            Parallel.forEachChunk(of: count, size: Tensor.pieceSize) { range in
              for i in range { body(&first[i], &second[i], &third[i], source[i]) }
            }
          }
        }
      }
    }
  }

  /// Σ x², in double precision.
  package var squaredNorm: Double {
    withPointer { source in
      nonisolated(unsafe) let source = source
      return Parallel.sum(of: count, size: Tensor.pieceSize) { range in
        var sum = 0.0
        for i in range {
          let value = Double(source[i])
          sum += value * value
        }
        return sum
      }
    }
  }
}

import CKernels
import Compute

/// Element-wise arithmetic, in chunks of fixed size on all threads.
extension Tensor {
  private static let chunk = 1 << 16

  /// Adds `other`, element by element; the shapes are equal.
  public mutating func add(_ other: Tensor) {
    precondition(shape == other.shape, "\(other.shape) cannot be added to \(shape)")
    let count = count
    withMutablePointer { y in
      other.withPointer { x in
        let (y, x) = (DisjointPointer(y), SharedPointer(x))
        Parallel.forEachChunk(of: count, size: Self.chunk) { range in
          kernels.add(
            y + range.lowerBound, x + range.lowerBound, y + range.lowerBound, range.count)
        }
      }
    }
  }

  /// Multiplies every element by `factor`.
  public mutating func scale(by factor: Float) {
    let count = count
    withMutablePointer { y in
      let y = DisjointPointer(y)
      Parallel.forEachChunk(of: count, size: Self.chunk) { range in
        kernels.scale_shift(
          y + range.lowerBound, y + range.lowerBound, range.count, factor, 0, false)
      }
    }
  }
}

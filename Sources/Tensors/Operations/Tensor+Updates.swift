import CKernels
import Compute
import Foundation

/// A step of stochastic gradient descent for one parameter (`SGD` in Networks has the formulas).
package struct SGDStep: Sendable {
  fileprivate let kernelStep: ck_sgd

  /// - Parameters:
  ///   - gradientDecay: λ of the decay that is coupled to the gradient.
  ///   - shrinkage: What the decoupled decay leaves of the parameter.
  package init(
    learningRate: Double, momentum: Double, isNesterov: Bool, gradientDecay: Float,
    shrinkage: Float
  ) {
    kernelStep = ck_sgd(
      rate: Float(learningRate), momentum: Float(momentum), decay: gradientDecay, keep: shrinkage,
      nesterov: isNesterov)
  }
}

/// A step of Adam for one parameter (`Adam` in Networks has the formulas).
package struct AdamStep: Sendable {
  fileprivate let kernelStep: ck_adam

  /// - Parameters:
  ///   - number: Counts the steps, from 1.
  ///   - gradientDecay: λ of the decay that is coupled to the gradient.
  ///   - shrinkage: What the decoupled decay leaves of the parameter.
  package init(
    number: Int, learningRate: Double, beta1: Double, beta2: Double, epsilon: Double,
    gradientDecay: Float, shrinkage: Float
  ) {
    let step = Double(number)
    kernelStep = ck_adam(
      rate: Float(learningRate / (1 - pow(beta1, step))),
      root: Float((1 - pow(beta2, step)).squareRoot()),
      beta1: Float(beta1), rest1: Float(1 - beta1), beta2: Float(beta2), rest2: Float(1 - beta2),
      epsilon: Float(epsilon), decay: gradientDecay, keep: shrinkage)
  }
}

/// Updates of whole tensors on all threads, for optimizers and losses.
///
/// The pieces have a fixed size and each element is computed alone, so the results are the same
/// bits for any number of threads.
extension Tensor {
  /// Elements of a piece: 128 KiB of each tensor, which stays in the second-level cache.
  private static let pieceSize = 1 << 15

  /// w ← w − η g, with decay.
  package mutating func apply(_ step: SGDStep, gradient: Tensor) {
    update(with: gradient) { weight, gradient, range in
      withUnsafePointer(to: step.kernelStep) {
        kernels.sgd($0, gradient, range.count, false, nil, weight)
      }
    }
  }

  /// The step with momentum; at the first, nothing is read from the velocity.
  package mutating func apply(
    _ step: SGDStep, gradient: Tensor, velocity: inout Tensor, isFirst: Bool
  ) {
    precondition(velocity.shape == shape, "\(shape) cannot move by \(velocity.shape)")
    velocity.withMutablePointer { velocity in
      let velocity = DisjointPointer(velocity)
      update(with: gradient) { weight, gradient, range in
        withUnsafePointer(to: step.kernelStep) {
          kernels.sgd(
            $0, gradient, range.count, isFirst, velocity + range.lowerBound, weight)
        }
      }
    }
  }

  /// Adam's step.
  package mutating func apply(
    _ step: AdamStep, gradient: Tensor, firstMoment: inout Tensor, secondMoment: inout Tensor
  ) {
    precondition(
      firstMoment.shape == shape && secondMoment.shape == shape,
      "\(shape) cannot move by \(firstMoment.shape) and \(secondMoment.shape)")
    firstMoment.withMutablePointer { first in
      secondMoment.withMutablePointer { second in
        let (first, second) = (DisjointPointer(first), DisjointPointer(second))
        update(with: gradient) { weight, gradient, range in
          withUnsafePointer(to: step.kernelStep) {
            kernels.adam(
              $0, gradient, range.count, first + range.lowerBound, second + range.lowerBound,
              weight)
          }
        }
      }
    }
  }

  /// self ← a · self + b · other.
  package mutating func blend(_ a: Float, with other: Tensor, _ b: Float) {
    update(with: other) { kernels.blend(a, b, $1, $2.count, $0) }
  }

  /// self ← self + rate · (other − self).
  package mutating func approach(_ other: Tensor, rate: Float) {
    update(with: other) { kernels.approach(rate, $1, $2.count, $0) }
  }

  /// Σ x², in double precision.
  package var squaredNorm: Double {
    withPointer { source in
      let source = SharedPointer(source)
      return Parallel.sum(of: count, size: Tensor.pieceSize) { range in
        var (sum, squares) = (0.0, 0.0)
        kernels.moments(source + range.lowerBound, range.count, &sum, &squares)
        return squares
      }
    }
  }

  /// Runs `body` on the pieces: their first elements here and in `other`, and their range.
  private mutating func update(
    with other: Tensor,
    _ body: @Sendable (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Range<Int>) -> Void
  ) {
    precondition(other.shape == shape, "an update of \(shape) cannot read \(other.shape)")
    let count = count
    withMutablePointer { target in
      other.withPointer { source in
        let (target, source) = (DisjointPointer(target), SharedPointer(source))
        Parallel.forEachChunk(of: count, size: Tensor.pieceSize) { range in
          body(target + range.lowerBound, source + range.lowerBound, range)
        }
      }
    }
  }
}

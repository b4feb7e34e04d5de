import CKernels
import Compute

/// Batch normalization over samples and voxels, per channel (Ioffe and Szegedy, 2015), optionally
/// followed by ReLU in the same pass.
///
/// y = γ (x − μ) / √(σ² + ε) + β; σ² is the biased variance, running statistics take the unbiased.
public enum BatchNormalization {
  /// The mean and the biased variance of every channel.
  public struct Statistics: Sendable {
    /// μ per channel.
    public let mean: [Double]
    /// σ² per channel, divided by the count.
    public let variance: [Double]
    /// Values per channel, N · D · H · W; nil for constants that no activation was measured for,
    /// for example of running statistics.
    public let count: Int?

    /// Given statistics.
    public init(mean: [Double], variance: [Double], count: Int? = nil) {
      self.mean = mean
      self.variance = variance
      self.count = count
    }

    /// The variance divided by count − 1; as it is if there is a single value, or none was counted.
    public var unbiasedVariance: [Double] {
      guard let count, count > 1 else { return variance }
      return variance.map { $0 * Double(count) / Double(count - 1) }
    }
  }

  /// What follows the normalization, γ · x̂ + β, and what keeps it finite.
  public struct Affine: Sendable {
    /// γ, a factor per channel.
    public let gamma: Tensor
    /// β, an offset per channel.
    public let beta: Tensor
    /// ε, added to the variance.
    public let epsilon: Double

    /// γ and β, `[C]` each, and ε.
    public init(gamma: Tensor, beta: Tensor, epsilon: Double) {
      self.gamma = gamma
      self.beta = beta
      self.epsilon = epsilon
    }
  }

  /// The statistics of an activation `[N, C, D, H, W]`, accumulated in Double.
  public static func statistics(of x: Tensor) throws(ShapeError) -> Statistics {
    try x.shape.requireActivation("batch normalization")
    let count = x.shape.batch * x.shape.voxels
    let sums = x.withPointer { pointer in
      let pointer = SharedPointer(pointer)
      return Reduction.perChannel(x.shape) { _, offset, length in
        var (sum, squares) = (0.0, 0.0)
        kernels.moments(pointer + offset, length, &sum, &squares)
        return SIMD2(sum, squares)
      }
    }
    let n = Double(count)
    // Σx² − n μ² loses the digits that mean² and variance share; in Double, from float32 data, that
    // leaves at least nine for a mean a hundred standard deviations from zero.
    return Statistics(
      mean: sums.map { $0.x / n },
      variance: sums.map {
        let variance = $0.y / n - ($0.x / n) * ($0.x / n)
        return variance < 0 ? 0 : variance  // NaN passes through, so that divergence is seen
      },
      count: count)
  }

  /// γ (x − μ) / √(σ² + ε) + β, then ReLU if asked.
  public static func apply(
    _ x: Tensor, statistics: Statistics, affine: Affine, relu: Bool
  ) throws(ShapeError) -> Tensor {
    let lines = try lines(
      x.shape, statistics: statistics, affine: affine)
    var result = Tensor(uninitialized: x.shape)
    result.withMutablePointer { y in
      x.withPointer { pointer in run(lines, pointer, y, shape: x.shape, relu: relu) }
    }
    return result
  }

  /// The same in place, if nothing else holds the memory of x.
  public static func apply(
    to x: inout Tensor, statistics: Statistics, affine: Affine, relu: Bool
  ) throws(ShapeError) {
    let shape = x.shape
    let lines = try lines(
      shape, statistics: statistics, affine: affine)
    x.withMutablePointer { run(lines, $0, $0, shape: shape, relu: relu) }
  }

  /// Normalization as y = scale · x + shift, per channel.
  private static func lines(
    _ shape: Shape, statistics: Statistics, affine: Affine
  ) throws(ShapeError) -> [(scale: Float, shift: Float)] {
    let (gamma, beta) = (affine.gamma, affine.beta)
    try shape.requireActivation("batch normalization")
    let channels = shape.channels
    guard gamma.shape == [channels], beta.shape == [channels], statistics.mean.count == channels,
      statistics.variance.count == channels
    else {
      throw ShapeError(
        "batch normalization",
        expected: "γ, β, mean and variance of \(channels.counted("channel"))",
        found: "\(gamma.shape), \(beta.shape), \(statistics.mean.count)")
    }
    return (0..<channels).map { channel in
      let scale =
        Double(gamma[channel]) / (statistics.variance[channel] + affine.epsilon).squareRoot()
      return (Float(scale), Float(Double(beta[channel]) - scale * statistics.mean[channel]))
    }
  }

  private static func run(
    _ lines: [(scale: Float, shift: Float)], _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>, shape: Shape, relu: Bool
  ) {
    let (x, y) = (SharedPointer(x), DisjointPointer(y))
    Reduction.forEachPiece(of: shape) { channel, offset, count in
      kernels.scale_shift(
        x + offset, y + offset, count, lines[channel].scale, lines[channel].shift, relu)
    }
  }

  /// Turns the gradient of the output into that of x, in its own memory, and gives those of γ and
  /// β. If the statistics were measured on x, gradients flow through them too; constants
  /// (``Statistics/count`` nil) let none through.
  ///
  /// With `relu` the output was max(0, ·) of the normalized values; where it was 0 the gradient
  /// stops. Whether it was is computed again from x, so that the output need not be kept.
  public static func backward(
    _ gradient: inout Tensor, input x: Tensor, statistics: Statistics, affine: Affine,
    relu: Bool
  ) throws(ShapeError) -> (gamma: Tensor, beta: Tensor) {
    let lines = try lines(
      x.shape, statistics: statistics, affine: affine)
    guard gradient.shape == x.shape else {
      throw ShapeError(
        "batch normalization gradient", expected: "\(x.shape)", found: "\(gradient.shape)")
    }
    let (shape, channels) = (x.shape, x.shape.channels)
    // One over n: the share of each value in the statistics.
    let share = statistics.count.map { 1 / Double($0) } ?? 0
    let inverse = statistics.variance.map { 1 / ($0 + affine.epsilon).squareRoot() }
    let sums = gradient.withPointer { g in
      x.withPointer { x in
        let (g, x) = (SharedPointer(g), SharedPointer(x))
        return Reduction.perChannel(shape) { channel, offset, count in
          var (sum, product) = (0.0, 0.0)
          kernels.gradient_moments(
            g + offset, x + offset, count, relu, lines[channel].scale, lines[channel].shift, &sum,
            &product)
          return SIMD2(sum, product)
        }
      }
    }
    // With x̂ = (x − μ) / √(σ² + ε):  dβ = Σ g,  dγ = Σ g x̂,
    // dx = γ / √(σ² + ε) · (g − dβ / n − x̂ dγ / n), without the last two terms for constants.
    let dBeta = sums.map(\.x)
    let dGamma = (0..<channels).map {
      (sums[$0].y - statistics.mean[$0] * sums[$0].x) * inverse[$0]
    }
    let onGradient = (0..<channels).map { Double(affine.gamma[$0]) * inverse[$0] }
    let onX = (0..<channels).map { -onGradient[$0] * inverse[$0] * dGamma[$0] * share }
    let constant = (0..<channels).map {
      -onGradient[$0] * dBeta[$0] * share - onX[$0] * statistics.mean[$0]
    }
    gradient.withMutablePointer { g in
      x.withPointer { x in
        let (g, x) = (DisjointPointer(g), SharedPointer(x))
        Reduction.forEachPiece(of: shape) { channel, offset, count in
          var step = ck_normalization_gradient(
            relu: relu, scale: lines[channel].scale, shift: lines[channel].shift,
            on_gradient: Float(onGradient[channel]), on_x: Float(onX[channel]),
            constant: Float(constant[channel]))
          kernels.normalization_gradient(&step, g + offset, x + offset, count, g + offset)
        }
      }
    }
    return (
      Tensor(dGamma.map { Float($0) }, shape: [channels]),
      Tensor(dBeta.map { Float($0) }, shape: [channels])
    )
  }
}

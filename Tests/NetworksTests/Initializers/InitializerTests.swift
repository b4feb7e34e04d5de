import Compute
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct InitializerTests {
  /// Convolutions 3×3×3 and 5×5×5, and a transposed convolution 2×2×2.
  static let shapes: [Shape] = [[64, 32, 3, 3, 3], [24, 36, 5, 5, 5], [96, 96, 2, 2, 2]]

  struct Moments {
    var mean = 0.0
    var variance = 0.0
    var kurtosis = 0.0
    init(_ tensor: Tensor) {
      let values = tensor.scalars.map { Double($0) }
      let count = Double(values.count)
      mean = values.reduce(0, +) / count
      variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      kurtosis =
        values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) * ($1 - mean) } / count
        / variance / variance
    }
  }

  @Test func fanIn() {
    #expect(Initializer.fanIn([8, 4, 3, 3, 3]) == 108)
    #expect(Initializer.fanIn([4, 8, 2, 2, 2]) == 64)
    #expect(Initializer.fanIn([2, 32, 1, 1, 1]) == 32)
    #expect(Initializer.fanIn([7, 5]) == 5)
  }

  /// Five standard errors: of the mean σ/√n, of the variance σ²√((κ − 1)/n) with κ the kurtosis
  /// (3 normal, 9/5 uniform), of the normal kurtosis √(24/n), of the uniform one below √(1/n).
  @Test(arguments: shapes)
  func heNormal(shape: Shape) {
    var generator = SeededGenerator(seed: 1)
    let weights = Initializer.heNormal.weights(shape, using: &generator)
    #expect(weights.shape == shape)
    let moments = Moments(weights)
    let (variance, n) = (2 / Double(Initializer.fanIn(shape)), Double(shape.count))
    #expect(abs(moments.mean) <= 5 * (variance / n).squareRoot())
    #expect(abs(moments.variance / variance - 1) <= 5 * (2 / n).squareRoot())
    #expect(abs(moments.kurtosis - 3) <= 5 * (24 / n).squareRoot())
    let biases = Initializer.heNormal.biases(shape[0], weights: shape, using: &generator)
    #expect(biases.shape == [shape[0]] && biases.scalars.allSatisfy { $0 == 0 })
  }

  @Test(arguments: shapes)
  func heUniform(shape: Shape) {
    var generator = SeededGenerator(seed: 2)
    let weights = Initializer.heUniform.weights(shape, using: &generator)
    let bound = 1 / Double(Initializer.fanIn(shape)).squareRoot()
    let (variance, n) = (bound * bound / 3, Double(shape.count))
    let moments = Moments(weights)
    #expect(abs(moments.mean) <= 5 * (variance / n).squareRoot())
    #expect(abs(moments.variance / variance - 1) <= 5 * (0.8 / n).squareRoot())
    #expect(abs(moments.kurtosis - 1.8) <= 5 / n.squareRoot())
    // All within the bound, and the largest of n close to it: P(max < (1 − 20/n) b) < e⁻¹⁰.
    let largest = weights.scalars.reduce(0) { max($0, Double(abs($1))) }
    #expect(largest <= bound * (1 + Tolerance.ulp) && largest >= bound * (1 - 20 / n))
    let biases = Initializer.heUniform.biases(10_000, weights: shape, using: &generator)
    let ofBiases = Moments(biases)
    #expect(biases.scalars.allSatisfy { abs(Double($0)) <= bound * (1 + Tolerance.ulp) })
    #expect(abs(ofBiases.variance / variance - 1) <= 5 * (0.8 / 10_000).squareRoot())
  }

  /// Householder QR leaves QᵀQ − I at c · ulp · columns · √rows at most (Higham, theorem 19.4);
  /// in practice near √rows · ulp.
  @Test(arguments: [
    [16, 8, 3, 3, 3] as Shape, [64, 4, 2, 2, 2], [27, 1, 3, 3, 3], [1, 5, 3, 3, 3],
    [5, 1, 1, 1, 1],
  ])
  func orthogonal(shape: Shape) {
    var generator = SeededGenerator(seed: 3)
    let weights = Initializer.orthogonal.weights(shape, using: &generator)
    #expect(weights.shape == shape)
    let (rows, columns) = (shape[0], Initializer.fanIn(shape))
    let values = weights.scalars.map { Double($0) }
    let isWide = rows <= columns
    let (vectors, length) = isWide ? (rows, columns) : (columns, rows)
    func element(_ vector: Int, _ index: Int) -> Double {
      isWide ? values[vector * columns + index] : values[index * columns + vector]
    }
    var worst = 0.0
    for a in 0..<vectors {
      for b in 0...a {
        let product = (0..<length).reduce(0) { $0 + element(a, $1) * element(b, $1) }
        worst = max(worst, abs(product - (a == b ? 1 : 0)))
      }
    }
    #expect(worst <= 16 * Double(length).squareRoot() * Tolerance.ulp)
    let biases = Initializer.orthogonal.biases(4, weights: shape, using: &generator)
    #expect(biases.scalars == [0, 0, 0, 0])
  }

  /// Without the correction by the sign of R's diagonal the first entry would always be negative.
  @Test func orthogonalIsUniform() {
    var generator = SeededGenerator(seed: 4)
    let trials = 400
    var positive = 0
    var sumOfSquares = 0.0
    for _ in 0..<trials {
      let weights = Initializer.orthogonal.weights([4, 4, 1, 1, 1], using: &generator)
      if weights[0] > 0 { positive += 1 }
      sumOfSquares += Double(weights[0]) * Double(weights[0])
    }
    #expect(abs(Double(positive) - 200) <= 5 * (Double(trials) / 4).squareRoot())
    // q² of one of four coordinates on the sphere: mean 1/4, variance 2·3/(16·6) = 1/16.
    #expect(
      abs(sumOfSquares / Double(trials) - 0.25) <= 5 * (1.0 / 16 / Double(trials)).squareRoot())
  }

  @Test(arguments: Initializer.allCases)
  func theSeedDecides(initializer: Initializer) {
    var (first, second, other) = (
      SeededGenerator(seed: 5), SeededGenerator(seed: 5), SeededGenerator(seed: 6)
    )
    let shape: Shape = [6, 4, 3, 3, 3]
    let weights = initializer.weights(shape, using: &first).scalars
    #expect(initializer.weights(shape, using: &second).scalars == weights)
    #expect(initializer.weights(shape, using: &other).scalars != weights)
  }
}

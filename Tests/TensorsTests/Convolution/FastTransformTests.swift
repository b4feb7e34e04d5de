import Tensors
import Testing

/// The generated matrices of short transforms, against exact arithmetic.
@Suite struct FastTransformTests {
  static let sizes: [(outputs: Int, kernel: Int)] = (2...7).flatMap { outputs in
    (2...7).map { (outputs, $0) }
  }.filter { [4, 6, 8].contains($0.0 + $0.1 - 1) }

  /// Aᵀ [(G eⱼ) ⊙ (Bᵀ eᵢ)] is 1 where input i meets tap j in an output, for every pair of unit
  /// vectors: the transform is the convolution, exactly.
  @Test(arguments: sizes) func transformIsTheConvolution(outputs: Int, kernel: Int) {
    let t = FastTransformMatrices(outputs: outputs, kernel: kernel)
    let n = outputs + kernel - 1
    for input in 0..<n {
      for tap in 0..<kernel {
        for output in 0..<outputs {
          let terms = (0..<n).map { p in
            t.output[output][p] * t.weight[p][tap] * t.input[p][input]
          }
          let expected = input == output + tap ? 1.0 : 0
          // Products and sums of n numbers of at most this size, in Double.
          let size = terms.map(abs).max()!
          #expect(abs(terms.reduce(0, +) - expected) <= Double(n) * size * 0x1p-52)
        }
      }
    }
  }

  /// Bᵀ holds dyadic fractions: row p is the product of (x − q) over the other points q, whose
  /// coefficients integer arithmetic gives exactly for points scaled by 2.
  @Test(arguments: sizes) func inputMatrixIsExact(outputs: Int, kernel: Int) {
    let t = FastTransformMatrices(outputs: outputs, kernel: kernel)
    let n = outputs + kernel - 1
    let doubled = [0, 2, -2, 4, -4, 1, -1].prefix(n - 1)
    for p in 0..<n {
      var product = [1]  // coefficients of Π (2x − 2q), the constant first
      for (i, q) in doubled.enumerated() where i != p {
        product = zip(product + [0], [0] + product).map { -q * $0 + 2 * $1 }
      }
      let expected = product.map { Double($0) / Double(product.last!) }
      #expect(t.input[p] == expected + [Double](repeating: 0, count: n - expected.count))
    }
  }

  @Test func otherSizesDoNotExist() {
    #expect(FastTransformMatrices.exists(outputs: 4, kernel: 3))
    #expect(!FastTransformMatrices.exists(outputs: 3, kernel: 3))
    #expect(!FastTransformMatrices.exists(outputs: 8, kernel: 3))
    #expect(!FastTransformMatrices.exists(outputs: 4, kernel: 1))
  }
}

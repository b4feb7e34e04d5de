import CKernels
import Compute

/// The transform F(m, k) of one axis: m outputs of a window of k taps from m + k − 1 products.
///
/// y = Aᵀ [(G g) ⊙ (Bᵀ d)] for the m + k − 1 inputs d and taps g (Winograd, "Arithmetic complexity
/// of computations", 1980; Toom–Cook with the points 0, ±1, ±2, ±1/2, ∞). G and A evaluate
/// polynomials at the points; B comes from the inverse of their Vandermonde matrix, computed by
/// LAPACKE. Its entries are multiples of 1/16, so that rounding to these leaves no error.
struct FastTransform: Sendable {
  /// m.
  let outputs: Int
  /// k.
  let kernel: Int
  /// m + k − 1.
  let points: Int
  /// Aᵀ, `[outputs][points]`.
  let outputMatrix: [[Double]]
  /// G, `[points][kernel]`.
  let weightMatrix: [[Double]]
  /// Bᵀ, `[points][points]`.
  let inputMatrix: [[Double]]
  /// G in float32, row by row, for the kernels.
  let weights: [Float]
  /// The transform as the kernels read it.
  let kernelTransform: ck_transform

  /// The points in pairs, in the order of growing rounding errors.
  private static let pairs = [1.0, 2, 0.5]

  /// F(outputs, kernel); nil unless it takes 4, 6 or 8 points.
  init?(outputs: Int, kernel: Int) {
    let n = outputs + kernel - 1
    guard outputs > 1, kernel > 1, kernel <= Int(CK_MAX_KERNEL), [4, 6, 8].contains(n) else {
      return nil
    }
    let pairs = Array(Self.pairs.prefix((n - 2) / 2))
    let finite = [0.0] + pairs.flatMap { [$0, -$0] }
    func evaluation(degree: Int) -> [[Double]] {
      finite.map { Self.powers(of: $0, count: degree + 1) }
        + [(0...degree).map { $0 == degree ? 1 : 0 }]
    }
    guard let inverse = LAPACK.inverse(evaluation(degree: n - 1).flatMap { $0 }, order: n) else {
      return nil
    }
    // Column i interpolates point i. Bᵀ takes it with the highest power's coefficient set to 1;
    // what was divided out goes into G.
    let leading = (0..<n).map { $0 < n - 1 ? inverse[(n - 2) * n + $0] : 1 }
    inputMatrix = (0..<n).map { i in
      (0..<n).map { j in (inverse[j * n + i] / leading[i] * 16).rounded() / 16 }
    }
    weightMatrix = zip(evaluation(degree: kernel - 1), leading).map { row, factor in
      row.map { $0 * factor }
    }
    let values = evaluation(degree: outputs - 1)
    outputMatrix = (0..<outputs).map { i in values.map { $0[i] } }
    weights = weightMatrix.flatMap { $0.map { Float($0) } }
    self.outputs = outputs
    self.kernel = kernel
    points = n
    kernelTransform = Self.kernelTransform(pairs: pairs, outputs: outputs, input: inputMatrix)
  }

  /// 1, x, x², … with 0⁰ = 1.
  private static func powers(of x: Double, count: Int) -> [Double] {
    (0..<count).map { i in (0..<i).reduce(1.0) { product, _ in product * x } }
  }

  /// The coefficients that the kernels need; the others follow from the symmetry of the points.
  private static func kernelTransform(
    pairs: [Double], outputs: Int, input: [[Double]]
  ) -> ck_transform {
    var t = ck_transform()
    (t.points, t.outputs, t.pairs) = (2 * pairs.count + 2, outputs, pairs.count)
    func fill<Field>(_ field: inout Field, _ values: [Double]) {
      withUnsafeMutableBytes(of: &field) { bytes in
        let floats = bytes.bindMemory(to: Float.self)
        for (index, value) in values.enumerated() { floats[index] = Float(value) }
      }
    }
    fill(&t.at, pairs)
    fill(&t.all, pairs.indices.map { input[0][2 * $0] })
    fill(
      &t.others,
      pairs.indices.flatMap { i in
        (0..<2).map { k in k + 1 < pairs.count ? input[1 + 2 * i][2 * k + 2] : 0 }
      })
    fill(
      &t.power,
      (0..<3).flatMap { i in
        i < pairs.count ? powers(of: pairs[i], count: 8) : [Double](repeating: 0, count: 8)
      })
    return t
  }

  /// An axis without a transform, for the kernels.
  static let none: ck_transform = {
    var t = ck_transform()
    (t.points, t.outputs, t.pairs) = (1, 1, 0)
    return t
  }()

  /// The transforms that exist, made once: `[outputs][kernel]`.
  private static let table: [[FastTransform?]] = (0..<8).map { outputs in
    (0...Int(CK_MAX_KERNEL)).map { FastTransform(outputs: outputs, kernel: $0) }
  }

  /// F(outputs, kernel) from the table; nil if there is none.
  static func of(outputs: Int, kernel: Int) -> FastTransform? {
    outputs < table.count && kernel <= Int(CK_MAX_KERNEL) ? table[outputs][kernel] : nil
  }
}

/// The matrices of F(m, k), for tests, error bounds and documentation.
public struct FastTransformMatrices: Sendable {
  /// Aᵀ, `[m][m + k − 1]`.
  public let output: [[Double]]
  /// G, `[m + k − 1][k]`.
  public let weight: [[Double]]
  /// Bᵀ, `[m + k − 1][m + k − 1]`.
  public let input: [[Double]]

  /// Whether F(outputs, kernel) exists: it takes 4, 6 or 8 points.
  public static func exists(outputs: Int, kernel: Int) -> Bool {
    FastTransform(outputs: outputs, kernel: kernel) != nil
  }

  /// The matrices of an F(outputs, kernel) that ``exists(outputs:kernel:)``.
  public init(outputs: Int, kernel: Int) {
    guard let transform = FastTransform(outputs: outputs, kernel: kernel) else {
      preconditionFailure("there are no matrices of F(\(outputs), \(kernel))")
    }
    output = transform.outputMatrix
    weight = transform.weightMatrix
    input = transform.inputMatrix
  }

  /// The largest sum of magnitudes that a unit input and a unit tap leave in an output: the factor
  /// by which rounding errors may exceed those of the definition, where it is 1.
  public var amplification: Double {
    output.map { row in
      let terms = row.indices.map { p in
        abs(row[p]) * weight[p].map(abs).reduce(0, +) * input[p].map(abs).reduce(0, +)
      }
      return terms.reduce(0, +) / Double(weight[0].count)
    }.max() ?? 1
  }
}

import Compute
import Testing

@Suite struct LAPACKTests {
  /// Q has orthonormal columns, and R = QᵀA is upper triangular with a positive diagonal: together
  /// these determine Q.
  @Test(arguments: [(1, 1), (3, 1), (4, 4), (50, 20), (200, 33)])
  func orthonormalize(rows: Int, columns: Int) {
    var generator = SeededGenerator(seed: 1, stream: UInt64(rows), UInt64(columns))
    let matrix = (0..<rows * columns).map { _ in Float(generator.normal()) }
    var q = matrix
    var span = q.mutableSpan
    LAPACK.orthonormalize(&span, rows: rows, columns: columns)
    func product(_ a: [Float], _ i: Int, _ b: [Float], _ j: Int) -> Double {
      (0..<rows).reduce(0) { $0 + Double(a[i * rows + $1]) * Double(b[j * rows + $1]) }
    }
    // A product of two columns errs by some ulp times their lengths, 1 and √rows.
    let tolerance = 16 * Double(Float.ulpOfOne) / 2 * Double(rows)
    for i in 0..<columns {
      for j in 0..<columns {
        #expect(abs(product(q, i, q, j) - (i == j ? 1 : 0)) <= tolerance)
        let r = product(q, i, matrix, j)
        if j < i { #expect(abs(r) <= tolerance) }
        if j == i { #expect(r > 0) }
      }
    }
  }

  @Test func knownAnswer() {
    // Columns (3, 4) and (1, 2): q₁ = (3, 4)/5, q₂ ∝ (1, 2) − (11/25)(3, 4) = (−8, 6)/25.
    var q: [Float] = [3, 4, 1, 2]
    var span = q.mutableSpan
    LAPACK.orthonormalize(&span, rows: 2, columns: 2)
    for (a, b) in zip(q, [0.6, 0.8, -0.8, 0.6] as [Float]) { #expect(abs(a - b) <= 1e-6) }
  }

  /// A v = λ v with orthonormal v and ascending λ, for random symmetric matrices.
  @Test(arguments: [1, 2, 3, 6, 20]) func symmetricEigen(order: Int) {
    var generator = SeededGenerator(seed: 2, stream: UInt64(order))
    var matrix = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in row..<order {
        let value = generator.normal()
        matrix[row * order + column] = value
        matrix[column * order + row] = value
      }
    }
    // Only the triangle above the diagonal is read.
    var upper = matrix
    for row in 0..<order { for column in 0..<row { upper[row * order + column] = 99 } }
    let (values, vectors) = LAPACK.symmetricEigen(upper, order: order)
    #expect(values == values.sorted())
    let tolerance = 64 * Double(order) * Double.ulpOfOne
    for (i, vector) in vectors.enumerated() {
      for row in 0..<order {
        let product = (0..<order).reduce(0) { $0 + matrix[row * order + $1] * vector[$1] }
        #expect(abs(product - values[i] * vector[row]) <= tolerance)
      }
      for (j, other) in vectors.enumerated() {
        let dot = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(dot - (i == j ? 1 : 0)) <= tolerance)
      }
    }
  }
}

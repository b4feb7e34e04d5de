import CLAPACKE

/// Dense linear algebra through LAPACKE; the only file that imports it.
public enum LAPACK {
  /// Replaces a matrix by the Q of its QR decomposition with a positive diagonal of R, which makes Q
  /// unique: orthonormal columns that span the same spaces, from left to right.
  ///
  /// With independent normal deviates as input, Q is uniformly distributed (Mezzadri, "How to
  /// generate random matrices from the classical compact groups", Notices AMS 2007).
  ///
  /// Runs on the calling thread alone, so the bits do not depend on the number of cores.
  ///
  /// - Parameters:
  ///   - matrix: `rows × columns` values, column after column.
  ///   - rows: at least `columns`.
  ///   - columns: at least 1.
  /// - Complexity: O(rows · columns²).
  public static func orthonormalize(
    _ matrix: inout MutableSpan<Float>, rows: Int, columns: Int
  ) {
    precondition(
      columns >= 1 && rows >= columns,
      "QR needs at least as many rows as columns: \(rows), \(columns)")
    precondition(
      matrix.count == rows * columns, "\(matrix.count) values are no \(rows) × \(columns)")
    morula_lapack_use_one_thread()
    var reflectors = [Float](repeating: 0, count: columns)
    let (m, n) = (Int32(rows), Int32(columns))
    matrix.withUnsafeMutableBufferPointer { buffer in
      // The buffer is not empty, so it has an address.
      let values = buffer.baseAddress!
      check(LAPACKE_sgeqrf(LAPACK_COL_MAJOR, m, n, values, m, &reflectors), "sgeqrf")
      let isNegative = (0..<columns).map { values[$0 * rows + $0] < 0 }
      check(LAPACKE_sorgqr(LAPACK_COL_MAJOR, m, n, n, values, m, reflectors), "sorgqr")
      for column in 0..<columns where isNegative[column] {
        for row in 0..<rows { values[column * rows + row].negate() }
      }
    }
  }

  /// LAPACKE fails on wrong arguments, NaN among them, and without memory; neither is user input.
  private static func check(_ status: Int32, _ routine: String) {
    precondition(status == 0, "LAPACKE_\(routine) failed with status \(status)")
  }
}

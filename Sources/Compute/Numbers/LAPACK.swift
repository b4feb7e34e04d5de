import CLAPACKE

/// Dense linear algebra through LAPACKE; the only file that imports it.
package enum LAPACK {
  /// Replaces a matrix by the Q of its QR decomposition with a positive diagonal of R, which makes
  /// Q unique: orthonormal columns that span the same spaces, from left to right.
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
  package static func orthonormalize(
    _ matrix: inout MutableSpan<Float>, rows: Int, columns: Int
  ) {
    precondition(
      columns >= 1 && rows >= columns,
      "QR needs at least as many rows as columns: \(rows), \(columns)")
    precondition(
      matrix.count == rows * columns, "\(matrix.count) values are not \(rows) × \(columns)")
    morula_lapack_use_one_thread()
    var reflectors = [Float](repeating: 0, count: columns)
    let (m, n) = (Int32(rows), Int32(columns))
    unsafe matrix.withUnsafeMutableBufferPointer { buffer in
      // The buffer is not empty, so it has an address.
      let values = buffer.baseAddress!
      unsafe check(LAPACKE_sgeqrf(LAPACK_COL_MAJOR, m, n, values, m, &reflectors), "sgeqrf")
      let isNegative = (0..<columns).map { unsafe values[$0 * rows + $0] < 0 }
      unsafe check(LAPACKE_sorgqr(LAPACK_COL_MAJOR, m, n, n, values, m, reflectors), "sorgqr")
      for column in 0..<columns where isNegative[column] {
        for row in 0..<rows { unsafe values[column * rows + row].negate() }
      }
    }
  }

  /// The inverse of a regular matrix, row by row, from its LU decomposition (`dgesv`).
  ///
  /// - Parameters:
  ///   - matrix: `order × order` values, row by row.
  ///   - order: the number of rows, at least 1.
  /// - Returns: nil where the matrix is singular.
  package static func inverse(_ matrix: [Double], order: Int) -> [Double]? {
    precondition(
      order >= 1 && matrix.count == order * order,
      "\(matrix.count) values are not \(order) × \(order)")
    morula_lapack_use_one_thread()
    var factors = matrix
    var inverse = (0..<order * order).map { $0 / order == $0 % order ? 1.0 : 0 }
    var pivots = [Int32](repeating: 0, count: order)
    let n = Int32(order)
    let result = unsafe LAPACKE_dgesv(
      LAPACK_ROW_MAJOR, n, n, &factors, n, &pivots, &inverse, n)
    precondition(result >= 0, "dgesv: argument \(-result) is not valid")
    return result == 0 ? inverse : nil
  }

  /// The eigenvalues of a real symmetric matrix in ascending order, with their orthonormal
  /// eigenvectors.
  ///
  /// An eigenvector is unique up to its sign; that is for the caller to choose. Runs on the calling
  /// thread alone. Errors are a few ulp of the largest eigenvalue (`dsyev`).
  ///
  /// - Parameters:
  ///   - matrix: `order × order` finite values; only those on and above the diagonal (row ≤ column)
  ///     are read.
  ///   - order: the number of rows, at least 1.
  /// - Returns: `order` eigenvalues, and one vector of `order` components for each.
  /// - Complexity: O(order³).
  package static func symmetricEigen(
    _ matrix: [Double], order: Int
  ) -> (values: [Double], vectors: [[Double]]) {
    precondition(order >= 1, "a matrix has at least one row: \(order)")
    precondition(
      matrix.count == order * order, "\(matrix.count) values are not \(order) × \(order)")
    morula_lapack_use_one_thread()
    // Row-major above the diagonal is column-major below it.
    var columns = matrix
    var values = [Double](repeating: 0, count: order)
    let n = Int32(order)
    let vectors = Int8(UInt8(ascii: "V"))
    let triangle = Int8(UInt8(ascii: "L"))
    unsafe check(
      LAPACKE_dsyev(LAPACK_COL_MAJOR, vectors, triangle, n, &columns, n, &values), "dsyev")
    return (values, (0..<order).map { Array(columns[$0 * order..<($0 + 1) * order]) })
  }

  /// LAPACKE fails on wrong arguments, NaN among them, and without memory; neither is user input.
  private static func check(_ status: Int32, _ routine: String) {
    precondition(status == 0, "LAPACKE_\(routine) failed with status \(status)")
  }
}

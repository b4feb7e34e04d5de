import COpenBLAS
import Compute
import Foundation

/// Matrix products through OpenBLAS: the only file that imports it.
///
/// OpenBLAS runs on one thread, set once before the first product: the threads are ours.
enum GEMM {
  /// The micro-architecture whose kernels OpenBLAS runs.
  static var coreName: String {
    prepare()
    return String(cString: morula_openblas_core())
  }

  /// How the library describes itself, for example `OpenBLAS 0.3.21 DYNAMIC_ARCH …`.
  static var buildDescription: String { String(cString: morula_openblas_config()) }

  /// Whether the library was built with OpenMP, which ignores the number of threads we set
  /// (OpenBLAS issue 5806), and OpenMP itself is not limited to one.
  static var isOpenMP: Bool {
    morula_openblas_parallel() == 2 && getenv("OMP_NUM_THREADS").map { atoi($0) } != 1
  }

  /// Whether an operand is used as stored or transposed.
  enum Operand {
    case asStored
    case transposed

    fileprivate var cblas: CBLAS_TRANSPOSE { self == .asStored ? CblasNoTrans : CblasTrans }
  }

  /// Sets one thread. Run once, by the first product.
  private static let isReady: Bool = {
    openblas_set_num_threads(1)
    return true
  }()

  /// The bytes of a buffer that OpenBLAS maps for each thread that multiplies.
  private static let bufferBytes = 128 << 20

  private static let mapped = Guarded(0)

  /// The bytes that a thread needs: that buffer, a stack, and what the allocator takes for it.
  static let threadBytes = bufferBytes + (16 << 20)

  /// Takes the addresses that so many threads need, before any product or decomposition; where
  /// addresses are limited.
  static func reserve(threads: Int) throws(AddressSpaceError) {
    try mapped.withLock { (mapped: inout Int) throws(AddressSpaceError) in
      let missing = max(0, threads - mapped)
      try AddressSpace.require(
        missing * threadBytes, for: threads.counted("thread"))
      if missing > 0 { morula_openblas_map_buffers(Int32(threads)) }
      mapped = max(mapped, threads)
    }
  }

  /// Called before any product. (The optimizer drops a lazy initializer whose value is not used.)
  static func prepare() { precondition(isReady, "OpenBLAS could not be set up") }

  /// Products of at most this many multiplications go through OpenBLAS's small-matrix kernels where
  /// it has them (AVX-512), which skip the packing and are twice as fast on few rows.
  static let smallProduct = 1_000_000

  /// C = A · B + β C, row-major:  [m × k] · [k × n] → [m × n].
  ///
  /// Strides are the distances between rows as stored.
  @inline(__always)
  static func multiply(
    m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Float>, stride aStride: Int, as aOperand: Operand = .asStored,
    _ b: UnsafePointer<Float>, stride bStride: Int, as bOperand: Operand = .asStored,
    beta: Float, into c: UnsafeMutablePointer<Float>, stride cStride: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, aOperand.cblas, bOperand.cblas, blasint(m), blasint(n), blasint(k), 1,
      a, blasint(aStride), b, blasint(bStride), beta, c, blasint(cStride))
  }
}

import CKernels
import COpenBLAS
import Dispatch

/// Matrix products through OpenBLAS: the only file that imports it.
///
/// OpenBLAS runs on one thread, set once before the first product; our workers own the cores.
enum GEMM {
  /// The micro-architecture whose kernels OpenBLAS runs.
  static var coreName: String {
    _ = isReady
    return String(cString: morula_openblas_core())
  }

  /// Whether an operand is used as stored or transposed.
  enum Operand {
    case asStored
    case transposed

    fileprivate var cblas: CBLAS_TRANSPOSE { self == .asStored ? CblasNoTrans : CblasTrans }
  }

  /// One thread, and the widest kernels the processor has. Run once, by the first product.
  ///
  /// OpenBLAS releases older than a processor fall back to AVX2 kernels on it: 0.3.21 runs Zen 4 and
  /// 5 as Haswell, at half of their speed (114 against 234 GFLOP/s on one Zen 5 core). Where AVX-512
  /// is there and nobody set OPENBLAS_CORETYPE, its AVX-512 kernels are asked for.
  static let isReady: Bool = {
    if ck_kernels_of(CK_AVX512) != nil, getenv("OPENBLAS_CORETYPE") == nil,
      ["Haswell", "Zen"].contains(String(cString: morula_openblas_core()))
    {
      _ = morula_openblas_use_core("SkylakeX")
    }
    openblas_set_num_threads(1)
    return true
  }()

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

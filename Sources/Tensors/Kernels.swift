import CKernels

/// The SIMD loops in use: the best this processor runs.
///
/// `nonisolated(unsafe)`: a pointer to a constant table of function pointers.
nonisolated(unsafe) let kernels: ck_kernels = ck_best_kernels().pointee

/// What the engine found on this machine, for logs and benchmarks.
public enum Engine {
  /// The SIMD variant of the element-wise kernels: "baseline", "NEON", "AVX2" or "AVX-512".
  public static var kernelVariant: String { String(cString: kernels.name) }
  /// The micro-architecture whose sgemm OpenBLAS runs, "SkylakeX" say.
  public static var blasCore: String { GEMM.coreName }
}

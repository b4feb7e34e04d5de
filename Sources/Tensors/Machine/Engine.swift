import Compute
import Foundation

/// What the engine found on this machine, for logs and benchmarks.
public enum Engine {
  /// Throws if the environment variable `MORULA_KERNELS` names kernels that do not exist or that
  /// this processor does not run. Programs call it before any work; if they do not, the first
  /// operation stops the process.
  public static func checkEnvironment() throws(KernelSelectionError) {
    _ = try KernelSelection.kernels()
  }

  /// Where the system limits addresses (`ulimit -v`), takes those that the threads need, before any
  /// other work: OpenBLAS waits for ever for memory that it does not get.
  ///
  /// - Parameter mayReduce: Whether the process may use fewer threads than it would, so that at
  ///   least half of the addresses are left for the work. Results do not depend on it.
  package static func reserveAddresses(mayReduce: Bool) throws(AddressSpaceError) {
    guard let available = AddressSpace.available else { return }
    let processors = ProcessInfo.processInfo.activeProcessorCount
    var threads = min(Parallel.defaultThreadCount, processors)
    if mayReduce {
      threads = max(1, min(threads, available / 2 / GEMM.threadBytes))
      Parallel.defaultThreadCount = threads
    }
    try GEMM.reserve(threads: threads)
  }

  /// The SIMD variant of the element-wise kernels: "baseline", "NEON", "AVX2" or "AVX-512".
  public static var kernelVariant: String { String(cString: kernels.name) }
  /// The micro-architecture whose sgemm OpenBLAS runs, for example "SkylakeX".
  public static var blasCore: String { GEMM.coreName }
  /// The version of OpenBLAS, for example "0.3.21"; nil if unknown.
  public static var blasVersion: String? {
    let words = GEMM.buildDescription.split(separator: " ").map(String.init)
    return words.first { $0.first?.isNumber == true && $0.contains(".") }
  }

  /// A hint if OpenBLAS is held below what the processor can do; nil if it is not.
  public static var blasAdvice: String? {
    if GEMM.isOpenMP {
      return "this OpenBLAS was built with OpenMP and starts threads of its own inside ours; set "
        + "OMP_NUM_THREADS=1, or install the pthread build (Debian: libopenblas0-pthread)"
    }
    guard let pinned = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"],
      kernelVariant == "AVX-512", ["Haswell", "Zen", "Sandybridge"].contains(blasCore)
    else { return nil }
    return "OPENBLAS_CORETYPE=\(pinned) holds OpenBLAS to its \(blasCore) kernels; without it this "
      + "processor's AVX-512 is used, up to twice as fast"
  }
}

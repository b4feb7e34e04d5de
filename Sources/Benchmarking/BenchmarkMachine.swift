import Compute
import Foundation
import Tensors

/// The machine and the engine that a benchmark ran on, without which its numbers mean nothing.
package struct BenchmarkMachine: Hashable, Sendable {
  /// The processor's name for itself.
  package let processor: String
  /// The number of logical processors.
  package let processorCount: Int
  /// The physical memory in bytes.
  package let memoryBytes: Int
  /// The number of threads.
  package let threads: Int
  /// The SIMD variant of the kernels.
  package let kernelVariant: String
  /// The micro-architecture whose sgemm OpenBLAS runs.
  package let blasCore: String
  /// The version of OpenBLAS, nil if it does not state it.
  package let blasVersion: String?

  /// This machine, with the current number of threads.
  package static var current: BenchmarkMachine {
    BenchmarkMachine(
      processor: processorName, processorCount: ProcessInfo.processInfo.processorCount,
      memoryBytes: ProcessMemory.machineBytes, threads: Parallel.threadCount,
      kernelVariant: Engine.kernelVariant, blasCore: Engine.blasCore,
      blasVersion: Engine.blasVersion)
  }

  /// `model name` of `/proc/cpuinfo`, which exists only for some processors, such as x86.
  private static var processorName: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") where line.hasPrefix("model name") {
      if let colon = line.firstIndex(of: ":") {
        return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      }
    }
    return "unknown processor"
  }
}

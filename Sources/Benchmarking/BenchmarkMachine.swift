import Compute
import Foundation
import Tensors

/// The machine and the engine that a benchmark ran on, without which its numbers mean nothing.
public struct BenchmarkMachine: Hashable, Sendable {
  /// The processor's name for itself.
  public let processor: String
  /// The number of logical processors.
  public let processorCount: Int
  /// The physical memory in bytes.
  public let memoryBytes: Int
  /// The number of threads.
  public let threads: Int
  /// The SIMD variant of the kernels.
  public let kernelVariant: String
  /// The micro-architecture whose sgemm OpenBLAS runs.
  public let blasCore: String
  /// The version of OpenBLAS, nil if it does not state it.
  public let blasVersion: String?

  /// This machine, with the current number of threads.
  public static var current: BenchmarkMachine {
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

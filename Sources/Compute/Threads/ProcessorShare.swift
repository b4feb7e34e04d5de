import CFiles
import Foundation

/// How many processors this process may use: those it may run on, no more than its share of their
/// time, and no more than the job scheduler gave it.
package struct ProcessorShare: Sendable {
  /// The processors of the machine.
  package var machine: Int
  /// The processors that the process may run on (`taskset`, cpusets); nil where unknown.
  package var affinity: Int?
  /// The processors' worth of time that control groups allow; nil where there is no limit.
  package var quota: Double?
  /// `SLURM_CPUS_PER_TASK`; nil outside of Slurm.
  package var slurm: Int?

  /// These limits.
  package init(machine: Int, affinity: Int? = nil, quota: Double? = nil, slurm: Int? = nil) {
    self.machine = machine
    self.affinity = affinity
    self.quota = quota
    self.slurm = slurm
  }

  /// The limits of this process.
  package static var current: ProcessorShare {
    ProcessorShare(
      machine: ProcessInfo.processInfo.processorCount, affinity: allowedProcessors,
      quota: ControlGroup().processorQuota,
      slurm: ProcessInfo.processInfo.environment["SLURM_CPUS_PER_TASK"].flatMap { Int($0) })
  }

  /// The number of threads that keeps the share busy; at least 1.
  package var threads: Int {
    var count = min(machine, affinity ?? machine)
    // Half a processor more keeps one thread waiting, and none idle.
    if let quota { count = min(count, Int(clamped: quota.rounded(.up))) }
    if let slurm, slurm > 0 { count = min(count, slurm) }
    return max(1, count)
  }

  /// The processors in the affinity mask.
  private static var allowedProcessors: Int? {
    #if os(Linux)
      var mask = [UInt8](repeating: 0, count: 8192)
      let size = unsafe mask.withUnsafeMutableBytes {
        unsafe morula_affinity($0.baseAddress, $0.count)
      }
      guard size > 0 else { return nil }
      let count = mask.prefix(Int(size)).reduce(0) { $0 + $1.nonzeroBitCount }
      return count > 0 ? count : nil
    #else
      return nil
    #endif
  }
}

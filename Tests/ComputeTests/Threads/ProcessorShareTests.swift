import Compute
import Foundation
import TestSupport
import Testing

@Suite struct ProcessorShareTests {
  @Test("The least of all limits counts, and at least one thread is left")
  func threads() {
    #expect(ProcessorShare(machine: 64).threads == 64)
    #expect(ProcessorShare(machine: 64, affinity: 3).threads == 3)
    #expect(ProcessorShare(machine: 64, affinity: 16, quota: 2.5).threads == 3)
    #expect(ProcessorShare(machine: 64, quota: 0.1).threads == 1)
    #expect(ProcessorShare(machine: 64, quota: 1e300, slurm: 8).threads == 8)
    #expect(ProcessorShare(machine: 4, affinity: 9, slurm: 0).threads == 4)
  }

  @Test("Quotas of control groups of both versions, with those of the groups around them")
  func quotas() throws {
    let place = try TestFolder()
    try place.write("max 100000\n", to: "v2/cpu.max")
    try place.write("400000 100000\n", to: "v2/jobs/cpu.max")
    try place.write("150000 100000\n", to: "v2/jobs/a/cpu.max")
    func group(_ membership: String, _ root: String) -> Double? {
      ControlGroup(membership: membership, root: "\(place.path)/\(root)").processorQuota
    }
    #expect(group("0::/jobs/a/step\n", "v2") == 1.5)
    #expect(group("0::/jobs/b\n", "v2") == 4)
    #expect(group("0::/\n", "v2") == nil)
    #expect(group("", "v2") == nil)
    try place.write("-1\n", to: "v1/cpu,cpuacct/cpu.cfs_quota_us")
    try place.write("100000\n", to: "v1/cpu,cpuacct/cpu.cfs_period_us")
    try place.write("300000\n", to: "v1/cpu,cpuacct/job/cpu.cfs_quota_us")
    try place.write("100000\n", to: "v1/cpu,cpuacct/job/cpu.cfs_period_us")
    #expect(group("5:memory:/x\n4:cpu,cpuacct:/job\n", "v1") == 3)
    #expect(group("4:cpu,cpuacct:/\n", "v1") == nil)
  }

  @Test("The processors of this process are known")
  func current() throws {
    let share = ProcessorShare.current
    #expect((1...share.machine).contains(share.threads))
    #if os(Linux)
      #expect(try #require(share.affinity) >= 1)
    #endif
  }
}

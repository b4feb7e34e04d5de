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
    try place.write("max 100000\n", to: "v2/sys/fs/cgroup/cpu.max")
    try place.write("400000 100000\n", to: "v2/sys/fs/cgroup/jobs/cpu.max")
    try place.write("150000 100000\n", to: "v2/sys/fs/cgroup/jobs/a/cpu.max")
    func quota(_ membership: String, _ root: String) throws -> Double? {
      try place.write(membership, to: root + "/proc/self/cgroup")
      return ControlGroup(root: "\(place.path)/\(root)").processorQuota
    }
    #expect(try quota("0::/jobs/a/step\n", "v2") == 1.5)
    #expect(try quota("0::/jobs/b\n", "v2") == 4)
    #expect(try quota("0::/\n", "v2") == nil)
    #expect(try quota("", "v2") == nil)
    let folder = "v1/sys/fs/cgroup/cpu,cpuacct"
    try place.write("-1\n", to: folder + "/cpu.cfs_quota_us")
    try place.write("100000\n", to: folder + "/cpu.cfs_period_us")
    try place.write("300000\n", to: folder + "/job/cpu.cfs_quota_us")
    try place.write("100000\n", to: folder + "/job/cpu.cfs_period_us")
    #expect(try quota("5:memory:/x\n4:cpu,cpuacct:/job\n", "v1") == 3)
    #expect(try quota("4:cpu,cpuacct:/\n", "v1") == nil)
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

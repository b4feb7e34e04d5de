import Compute
import TestSupport
import Testing

/// What the system leaves to the process, on folders that look like its files.
@Suite struct MemoryLimitTests {
  /// A machine with 10 GiB available.
  private func machine(_ files: [String: String]) throws -> TestFolder {
    let place = try TestFolder()
    try place.write(
      "MemTotal:       16777216 kB\nMemAvailable:   10485760 kB\n", to: "proc/meminfo")
    for (path, text) in files { try place.write(text, to: path) }
    return place
  }

  private func limit(_ files: [String: String], addresses: Int? = nil) throws -> MemoryLimit? {
    let place = try machine(files)
    return MemoryLimit.ofSystem(root: place.path, addresses: addresses)
  }

  @Test func availableMemory() throws {
    let limit = try limit([:])
    #expect(limit?.bytes == (10 << 30) / 5 * 4)
    #expect(limit?.reason == "80 % of the memory that is available")
    #expect(MemoryLimit.ofSystem(root: "/nowhere", addresses: nil) == nil)
  }

  @Test func addresses() throws {
    let limit = try limit([:], addresses: 5 << 30)
    #expect(limit?.bytes == (5 << 30) / 5 * 4)
    #expect(limit?.reason == "80 % of what the limit (ulimit) leaves")
  }

  @Test("Control groups of version 2, where the least limit above the process counts")
  func secondVersion() throws {
    let limit = try limit([
      "proc/self/cgroup": "0::/user/job/step\n",
      "sys/fs/cgroup/user/job/step/memory.max": "max\n",
      "sys/fs/cgroup/user/job/memory.max": "2147483648\n",
      "sys/fs/cgroup/user/memory.max": "4294967296\n",
    ])
    #expect(limit?.bytes == (2 << 30) / 5 * 4)
    #expect(limit?.reason == "80 % of the limit of the control group")
  }

  @Test("Control groups of version 1, and a group that is not mounted here")
  func firstVersion() throws {
    let limit = try limit([
      "proc/self/cgroup": "5:cpu:/x\n4:memory:/docker/abc\n0::/\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "1073741824\n",
    ])
    #expect(limit?.bytes == (1 << 30) / 5 * 4)
    let unlimited = try self.limit([
      "proc/self/cgroup": "4:memory:/docker/abc\n",
      "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "9223372036854771712\n",
    ])
    #expect(unlimited?.bytes == (10 << 30) / 5 * 4)
  }
}

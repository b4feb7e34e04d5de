import Foundation

/// The memory that this process may take in all.
package struct MemoryLimit: Hashable, Sendable {
  /// The limit in bytes.
  package let bytes: Int
  /// Where it comes from, for messages.
  package let reason: String

  /// A limit that the caller chose.
  package init(chosen bytes: Int) {
    self.bytes = bytes
    reason = "the limit"
  }

  private init(share bytes: Int, of what: String) {
    self.bytes = bytes / 5 * 4
    reason = "80 % of \(what)"
  }

  /// What the system leaves: 80 % of the least of the memory that is available, the limits of this
  /// process's control group and of those above it, and the addresses that are left; nil if the
  /// system says nothing.
  ///
  /// - Parameters:
  ///   - root: A folder in place of `/`, for tests.
  ///   - addresses: The addresses that are left; nil for any number.
  package static func ofSystem(
    root: String = "", addresses: Int? = AddressSpace.available
  ) -> MemoryLimit? {
    var limits: [MemoryLimit] = []
    if let available = available(root) {
      limits.append(MemoryLimit(share: available, of: "the memory that is available"))
    }
    if let group = controlGroupLimit(root) {
      limits.append(MemoryLimit(share: group, of: "the limit of the control group"))
    }
    if let addresses {
      limits.append(MemoryLimit(share: addresses, of: "what the limit (ulimit) leaves"))
    }
    return limits.min { $0.bytes < $1.bytes }
  }

  /// The least number of bytes, within 1 %, with which something is possible that more bytes do not
  /// make impossible.
  package static func least(where isPossible: (Int) -> Bool) -> Int {
    var (low, high) = (0, 1 << 20)
    while !isPossible(high), high < 1 << 50 { (low, high) = (high, 2 * high) }
    while high - low > high / 100 {
      let middle = (low + high) / 2
      if isPossible(middle) { high = middle } else { low = middle }
    }
    return high
  }

  /// `MemAvailable` of `/proc/meminfo`.
  private static func available(_ root: String) -> Int? {
    guard let text = try? FileSystem.text(of: root + "/proc/meminfo"),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") })
    else { return nil }
    let words = line.split(separator: " ")
    return words.count > 1 ? Int(words[1]).map { $0 * 1024 } : nil
  }

  /// The lowest limit of the groups that hold this process, of version 1 and 2.
  private static func controlGroupLimit(_ root: String) -> Int? {
    let text = (try? FileSystem.text(of: root + "/proc/self/cgroup")) ?? ""
    var limits: [Int] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isSecond = parts[1].isEmpty
      guard isSecond || parts[1].split(separator: ",").contains("memory") else { continue }
      let mount = root + "/sys/fs/cgroup" + (isSecond ? "" : "/memory")
      let file = isSecond ? "/memory.max" : "/memory.limit_in_bytes"
      var folder = parts[2][...]
      while true {
        // A group that another namespace mounted has no folder here; those above it may have.
        let limit = try? FileSystem.text(of: mount + (folder == "/" ? "" : folder) + file)
        if let limit, let bytes = Int(limit.filter(\.isNumber)) { limits.append(bytes) }
        guard let slash = folder.lastIndex(of: "/") else { break }
        folder = folder[..<slash]
      }
    }
    return limits.min()
  }
}

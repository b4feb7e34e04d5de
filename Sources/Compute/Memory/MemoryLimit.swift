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
    if let group = ControlGroup(root: root).memoryLimit {
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
}

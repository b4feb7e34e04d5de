import Foundation

/// The control groups of this process, in which Linux, containers and batch systems keep its limits.
package struct ControlGroup: Sendable {
  /// The folders of the process's groups from the innermost to the outermost, for one controller of
  /// version 1 or for all of version 2.
  private let unified: [String]
  private let processors: [String]

  /// The groups of this process.
  package static var current: ControlGroup {
    ControlGroup(
      membership: (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? "",
      root: "/sys/fs/cgroup")
  }

  /// The groups that the text of `/proc/self/cgroup` names, below where they are mounted.
  package init(membership: String, root: String) {
    var (unified, processors): ([String], [String]) = ([], [])
    for line in membership.split(separator: "\n") {
      // `0::/user.slice/job` in version 2, `4:cpu,cpuacct:/job` in version 1.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let path = String(parts[2])
      if parts[0] == "0", parts[1].isEmpty {
        unified = Self.ancestors(of: path, below: root)
      } else if parts[1].split(separator: ",").contains("cpu") {
        processors = Self.ancestors(of: path, below: root + "/" + parts[1])
        processors += Self.ancestors(of: path, below: root + "/cpu")
      }
    }
    self.unified = unified
    self.processors = processors
  }

  /// The processors' worth of time that all groups allow; nil where none limits it.
  package var processorQuota: Double? {
    let limits =
      unified.compactMap { folder in
        Self.quota(Self.words(folder + "/cpu.max"))
      }
      + processors.compactMap { folder in
        Self.quota(
          Self.words(folder + "/cpu.cfs_quota_us") + Self.words(folder + "/cpu.cfs_period_us"))
      }
    return limits.min()
  }

  /// `200000 100000` as 2; `max` and -1 stand for no limit.
  private static func quota(_ words: [Substring]) -> Double? {
    guard words.count >= 2, let quota = Double(words[0]), let period = Double(words[1]),
      quota > 0, period > 0
    else { return nil }
    return quota / period
  }

  private static func words(_ path: String) -> [Substring] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(whereSeparator: \.isWhitespace)
  }

  /// The folder of a group and of all groups around it. Inside of a container the path may be the
  /// host's, and the group itself is mounted as the root.
  private static func ancestors(of path: String, below root: String) -> [String] {
    var folders: [String] = []
    var parts = path.split(separator: "/")
    while true {
      folders.append(parts.reduce(root) { $0 + "/" + $1 })
      if parts.isEmpty { return folders }
      parts.removeLast()
    }
  }
}

/// The control groups of this process, in which Linux, containers and batch systems keep its limits.
package struct ControlGroup: Sendable {
  private let root: String
  /// The controllers of a hierarchy, none for version 2, and the group's path in it.
  private let memberships: [(controllers: [Substring], path: Substring)]

  /// The groups of this process.
  ///
  /// - Parameter root: A folder in place of `/`, for tests.
  package init(root: String = "") {
    self.root = root
    let text = (try? FileSystem.text(of: root + "/proc/self/cgroup")) ?? ""
    // `0::/user.slice/job` in version 2, `4:cpu,cpuacct:/job` in version 1.
    memberships = text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      return parts.count == 3 ? (parts[1].split(separator: ","), parts[2]) : nil
    }
  }

  /// The least memory in bytes that a group allows; nil where none limits it.
  package var memoryLimit: Int? {
    values("memory.max", controller: "memory", ["memory.limit_in_bytes"])
      .compactMap { Int($0[0]) }.min()
  }

  /// The processors' worth of time that all groups allow; nil where none limits it.
  package var processorQuota: Double? {
    let files = ["cpu.cfs_quota_us", "cpu.cfs_period_us"]
    // `200000 100000` is 2; `max` and -1 stand for no limit.
    return values("cpu.max", controller: "cpu", files).compactMap { words in
      guard words.count >= 2, let quota = Double(words[0]), let period = Double(words[1]),
        quota > 0, period > 0
      else { return nil }
      return quota / period
    }.min()
  }

  /// The words of a file of each group that holds the process and of those around it: one of version
  /// 2, or files of a controller of version 1.
  private func values(_ unified: String, controller: String, _ files: [String]) -> [[Substring]] {
    memberships.flatMap { controllers, path -> [[Substring]] in
      let isUnified = controllers.isEmpty
      guard isUnified || controllers.contains(Substring(controller)) else { return [] }
      let mounts = isUnified ? [""] : ["/" + controller, "/" + controllers.joined(separator: ",")]
      return Set(mounts).flatMap { mount in
        // A group that another namespace mounted has no folder here; those around it may have.
        Self.ancestors(of: path).compactMap { folder in
          let words = (isUnified ? [unified] : files).flatMap { file in
            let text = try? FileSystem.text(of: "\(root)/sys/fs/cgroup\(mount)\(folder)/\(file)")
            return (text ?? "").split(whereSeparator: \.isWhitespace)
          }
          return words.isEmpty ? nil : words
        }
      }
    }
  }

  /// `/a/b` as `/a/b`, `/a` and nothing.
  private static func ancestors(of path: Substring) -> [Substring] {
    var folders: [Substring] = []
    var folder = path == "/" ? "" : path
    while true {
      folders.append(folder)
      guard let slash = folder.lastIndex(of: "/") else { return folders }
      folder = folder[..<slash]
    }
  }
}

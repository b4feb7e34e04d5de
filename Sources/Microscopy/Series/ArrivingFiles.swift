import Compute

/// Tells which images of a folder that grows are complete: those that have not changed for a while.
package struct ArrivingFiles {
  /// What is seen of a file without reading it, or of a folder and all in it.
  private struct Look: Hashable {
    var size = 0
    var modified = 0
    var files = 0
  }

  private var looks: [String: (look: Look, since: ContinuousClock.Instant)] = [:]
  /// How long a file must stay as it is.
  private let quiet: Duration

  /// Files that are complete when they have not changed for so long.
  package init(quiet: Duration) { self.quiet = quiet }

  /// The files that are complete.
  ///
  /// A file that is seen for the first time is complete if it was changed last before that long.
  ///
  /// - Parameters:
  ///   - paths: All images, files or folders of OME-Zarr images.
  ///   - now: The time, and the same in nanoseconds since 1970.
  package mutating func complete(
    _ paths: [String], now: ContinuousClock.Instant, date: Int
  ) -> Set<String> {
    var complete: Set<String> = []
    for path in paths {
      guard let look = Self.look(path) else { continue }
      if looks[path]?.look != look {
        let isOld = Duration.nanoseconds(date - look.modified) > quiet
        looks[path] = (look, looks[path] == nil && isOld ? now - quiet : now)
      }
      if let since = looks[path]?.since, since + quiet <= now { complete.insert(path) }
    }
    return complete
  }

  /// What tells whether a complete file is another than before; nil if it is not known.
  package func version(of path: String) -> Int? { looks[path]?.look.hashValue }

  private static func look(_ path: String) -> Look? {
    guard let status = try? FileStatus(of: path) else { return nil }
    var look = Look(size: status.size, modified: status.modified, files: 1)
    guard status.kind == .folder else { return look }
    look.size = 0
    for name in (try? FileSystem.names(in: path)) ?? [] {
      guard let inner = Self.look(path + "/" + name) else { continue }
      look.size += inner.size
      look.files += inner.files
      look.modified = max(look.modified, inner.modified)
    }
    return look
  }
}

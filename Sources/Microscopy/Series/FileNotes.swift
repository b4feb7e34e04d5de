import Compute

/// The notes on many files, each once.
package enum FileNotes {
  /// Each note with the first file that it is about and the number of others: one line each.
  package static func lines(_ files: [(path: String, notes: [String])]) -> [String] {
    var paths: [String: Set<String>] = [:]
    var firsts: [(note: String, path: String)] = []
    for (path, notes) in files {
      for note in notes {
        if paths[note] == nil { firsts.append((note, path)) }
        paths[note, default: []].insert(path)
      }
    }
    return firsts.map { note, path in
      let others = (paths[note]?.count ?? 1) - 1
      return (others > 0 ? "\(path) and \(others.counted("more file"))" : path) + ": \(note)"
    }
  }
}

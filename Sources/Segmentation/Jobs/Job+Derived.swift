import Compute
import Foundation
import Microscopy

extension Job {
  /// Makes a file or folder of the results of several frames, unless it has been made of the same.
  ///
  /// What another program has changed is put aside inside the folder of the job, and refused
  /// elsewhere.
  ///
  /// - Parameters:
  ///   - path: Its path inside the folder of the job, or a path from the root.
  ///   - sources: What it is made from, as a text that differs if they do.
  ///   - make: Writes it whole or not at all to the path that it is given, and calls its second
  ///     argument with the path where it is complete before it gets its name.
  /// - Throws: What `make` throws; ``InputError`` where the path holds something that is not the
  ///   job's.
  package func makeDerived(
    _ path: String, from sources: String,
    _ make: (_ path: String, _ isComplete: (String) throws -> Void) throws -> Void
  ) throws {
    var mark = try DerivedMark(of: path, in: folder)
    let target = DerivedMark.absolute(path, in: folder)
    if FileSystem.exists(target) {
      let isOwn = try mark.isOwn(in: folder)
      if isOwn, mark.sources == sources { return }
      if !isOwn {
        guard target != path else { throw Self.foreignError(path) }
        try setAside(path)
        mark.digests = []
      }
    }
    mark.sources = ""
    // Names of specimens are folders.
    if target != path { try FileSystem.makeFolder(FileSystem.parent(of: target)) }
    try make(target) { draft in
      mark.digests = [try TreeDigest.digest(of: draft)] + mark.digests
      try mark.write(in: folder)
    }
    mark.digests = Array(mark.digests.prefix(1))
    mark.sources = sources
    try mark.write(in: folder)
  }

  /// Allows what stands at a path outside of the folder to be replaced by a result.
  package func allowReplacing(_ path: String) throws {
    guard FileSystem.exists(path) else { return }
    var mark = try DerivedMark(of: path, in: folder)
    mark.sources = ""
    mark.digests = [try TreeDigest.digest(of: path)]
    try mark.write(in: folder)
  }

  /// Throws where a path outside of the folder of a job holds something that is not the job's.
  package static func checkDerived(_ path: String, of folder: String) throws {
    guard FileSystem.exists(path) else { return }
    guard try DerivedMark(of: path, in: folder).isOwn(in: folder) else { throw foreignError(path) }
  }

  private static func foreignError(_ path: String) -> InputError {
    InputError(
      path, "exists already, and is not what the runs into the folder of results have written",
      advice: .replaceOutput)
  }
}

import Compute
import Foundation

/// What a job remembers of a file or folder that it makes of the results of several frames.
///
/// Before one gets its name, the mark tells of it and of the one that it replaces: whenever the
/// process ends, what stands there is known to be the job's own.
struct DerivedMark: Codable {
  /// The path of the file or folder.
  let path: String
  /// What it was made from; empty while it is replaced.
  var sources = ""
  /// The SHA-256 of what may stand there.
  var digests: [String] = []

  /// The folder of marks, inside that of a job.
  static let folder = JobFolder.state + "/derived"

  /// The mark of a path in the folder of a job; one of nothing if there is none.
  init(of path: String, in folder: String) throws {
    let file = try Self.file(path, in: folder)
    let data = FileSystem.exists(file) ? try FileSystem.contents(of: file) : Data()
    self = (try? JSONDecoder().decode(Self.self, from: data)) ?? Self(path: path)
  }

  private init(path: String) { self.path = path }

  /// All marks in the folder of a job.
  static func all(in folder: String) -> [DerivedMark] {
    let files = (try? FileSystem.names(in: folder + "/" + Self.folder)) ?? []
    return files.sorted().compactMap { name in
      let data = try? FileSystem.contents(of: "\(folder)/\(Self.folder)/\(name)")
      return data.flatMap { try? JSONDecoder().decode(Self.self, from: $0) }
    }
  }

  /// Whether what stands at the path is the job's own.
  func isOwn(in folder: String) throws -> Bool {
    digests.isEmpty
      ? false : digests.contains(try TreeDigest.digest(of: Self.absolute(path, in: folder)))
  }

  /// Writes the mark.
  func write(in folder: String) throws {
    try FileSystem.makeFolder(folder + "/" + Self.folder)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(self) + Data("\n".utf8)
    try AtomicFile.write(to: Self.file(path, in: folder)) { try $0.write(contentsOf: data) }
  }

  /// A path inside the folder of a job, or one from the root, from where it is found.
  static func absolute(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : folder + "/" + path
  }

  private static func file(_ path: String, in folder: String) throws -> String {
    let name = try SHA256.digest(of: Data(path.pathBytes), name: path).prefix(16)
    return "\(folder)/\(Self.folder)/\(name).json"
  }
}

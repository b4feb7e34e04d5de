import Compute
import Foundation

extension TrainingConfiguration {
  /// The largest file of a configuration that is read.
  private static let largestFile = 1 << 20

  /// Reads a YAML file, applies overrides and checks everything.
  ///
  /// - Parameters:
  ///   - path: The file. Relative paths in it start at its folder.
  ///   - overrides: `key.path=value`, in order; the value is any YAML.
  ///   - workingDirectory: Where relative paths in overrides start.
  /// - Throws: One line that names file, line and key.
  public static func load(
    path: String, overrides: [String] = [],
    workingDirectory: String = FileManager.default.currentDirectoryPath
  ) throws(ConfigurationError) -> TrainingConfiguration {
    let url = URL(
      filePath: (path as NSString).expandingTildeInPath,
      relativeTo: URL(filePath: workingDirectory, directoryHint: .isDirectory)
    ).standardizedFileURL
    func failure(_ problem: String) -> ConfigurationError {
      ConfigurationError(.file(path), problem: problem)
    }
    guard FileSystem.exists(url.path) else {
      throw failure("there is no such configuration file")
    }
    // Part by part, as it may be a pipe, or a device without an end.
    var bytes = Data()
    do {
      let file = try FileSystem.open(reading: url.path)
      defer { try? file.close() }
      while bytes.count <= Self.largestFile,
        let part = try file.read(upToCount: Self.largestFile + 1 - bytes.count), !part.isEmpty
      {
        bytes += part
      }
    } catch { throw failure("cannot be read: \(FileError(path, wrapping: error).reason)") }
    guard bytes.count <= Self.largestFile else {
      throw failure("is larger than \(Self.largestFile >> 20) MiB; name a configuration")
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw failure("is not text in UTF-8")
    }
    return try TrainingConfiguration(
      yaml: text, name: path, overrides: overrides,
      fileDirectory: url.deletingLastPathComponent().path, workingDirectory: workingDirectory,
      defaultName: url.deletingPathExtension().lastPathComponent)
  }

  /// Reads YAML (or JSON) text, applies overrides and checks everything.
  ///
  /// - Parameters:
  ///   - yaml: The text.
  ///   - name: The name of the text in messages.
  ///   - overrides: `key.path=value`, in order.
  ///   - fileDirectory: Where relative paths in the text start.
  ///   - workingDirectory: Where relative paths in overrides start.
  ///   - defaultName: The run's name if the text gives none.
  public init(
    yaml: String, name: String, overrides: [String] = [], fileDirectory: String,
    workingDirectory: String = FileManager.default.currentDirectoryPath,
    defaultName: String = "training"
  ) throws(ConfigurationError) {
    var node = try ConfigurationNode(yaml: yaml, name: name)
    for override in overrides { try node.apply(override: override) }
    try self.init(
      checking: node, defaultName: defaultName,
      context: PathContext(fileDirectory: fileDirectory, workingDirectory: workingDirectory))
  }

  private init(
    checking node: ConfigurationNode, defaultName: String, context: PathContext
  ) throws(ConfigurationError) {
    var defaults = TrainingConfiguration()
    defaults.name = defaultName
    try self.init(reading: node, defaults: defaults, path: [], context: context)
    try checkConsistency(of: node)
  }

  /// The configuration as YAML, with every key that applies; reading it gives the same value.
  public var yaml: String { node(path: []).yaml }

  /// The paths of the keys whose values differ, for example `optimizer.learning_rate`, in the
  /// file's order.
  public func differences(from other: TrainingConfiguration) -> [String] {
    node(path: []).differences(from: other.node(path: []))
  }
}

extension TrainingConfiguration: Codable {
  /// Reads what ``encode(to:)`` wrote; as strict as a file, and absent keys take their defaults.
  public init(from decoder: any Decoder) throws {
    try self.init(
      checking: ConfigurationNode(from: decoder), defaultName: "training",
      context: PathContext(fileDirectory: "/", workingDirectory: "/"))
  }

  /// Writes every key that applies, with the names of the file.
  public func encode(to encoder: any Encoder) throws { try node(path: []).encode(to: encoder) }
}

extension ConfigurationNode {
  /// The paths of the leaves that differ.
  fileprivate func differences(from other: ConfigurationNode, path: String = "") -> [String] {
    guard let mine = entries, let theirs = other.entries else {
      return self == other ? [] : [path]
    }
    let keys = mine.map(\.key) + theirs.map(\.key).filter { self[$0] == nil }
    return keys.flatMap { key in
      let inner = path.isEmpty ? key : path + "." + key
      guard let a = self[key], let b = other[key] else { return [inner] }
      return a.differences(from: b, path: inner)
    }
  }
}

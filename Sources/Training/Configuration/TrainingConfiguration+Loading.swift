import Compute
import Foundation

extension TrainingConfiguration {
  /// The largest file of a configuration that is read.
  private static let largestFile = 1 << 20

  /// Reads a YAML file, applies overrides and checks everything.
  ///
  /// - Parameters:
  ///   - path: The file. Relative paths in it start at its folder, those in a pipe, which has none,
  ///     at the working directory.
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
    let bytes: Data
    do {
      bytes = try PatientReader(limit: largestFile).read(url.path)
    } catch {
      throw failure(Self.words(error))
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw failure("is not UTF-8 text; name a configuration, a YAML file")
    }
    var isFile = !url.path.hasPrefix("/dev/")
    if (try? FileStatus(of: url.path))?.kind == .pipe { isFile = false }
    return try TrainingConfiguration(
      yaml: text, name: path, overrides: overrides,
      fileDirectory: isFile ? url.deletingLastPathComponent().path : workingDirectory,
      workingDirectory: workingDirectory,
      defaultName: url.deletingPathExtension().lastPathComponent)
  }

  /// Why a configuration was not read.
  private static func words(_ failure: PatientReader.Failure) -> String {
    switch failure {
    case .tooLarge: "is larger than \(largestFile >> 20) MiB; name a configuration"
    case .silent(let count):
      "sent \(count.counted("byte")) and then nothing for 10 seconds; name a configuration file, or let "
        + "a program write one into the pipe and close it"
    case .system(let error) where error.code == ENOENT: "there is no such configuration file"
    case .system(let error) where error.code == EISDIR:
      "is a folder; name a configuration, a YAML file"
    case .system(let error): error.reason
    }
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

import Foundation

/// The models that Morula brings along: the weights files in one folder, by name.
public struct ModelLibrary: Sendable {
  /// The variable that names another folder.
  public static let variable = "MORULA_MODELS"

  /// A file of the folder.
  public struct Entry: Sendable, Hashable {
    /// The file's name without extension, as options take it: `nsn`.
    public let name: String
    /// The file.
    public let path: String
  }

  /// The folder; nil where there is none.
  public let folder: String?
  /// The models, in order of their names.
  public let entries: [Entry]

  /// The library of a program: the folder that `MORULA_MODELS` names; or, installed as
  /// `PREFIX/bin/morula`, `PREFIX/share/morula/models`; or, in the project's build folder, its
  /// `Models`.
  ///
  /// - Parameters:
  ///   - executable: The program; links are followed.
  ///   - environment: The environment's variables.
  public init(
    executable: String? = Bundle.main.executablePath,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    folder = Self.folder(executable: executable, environment: environment)
    entries = Self.entries(of: folder)
  }

  /// The model of this name, nil where there is none.
  public subscript(name: String) -> Entry? { entries.first { $0.name == name } }

  /// The file that an argument means: a path, or a name of the library where there is no such file.
  public func path(of argument: String) -> String {
    let isFile = argument.contains("/") || FileManager.default.fileExists(atPath: argument)
    return isFile ? argument : self[argument]?.path ?? argument
  }

  private static func folder(
    executable: String?, environment: [String: String]
  ) -> String? {
    if let chosen = environment[variable], !chosen.isEmpty { return chosen }
    guard let executable else { return nil }
    var place = URL(filePath: executable).resolvingSymlinksInPath().deletingLastPathComponent()
    let installed = place.appending(path: "../share/morula/models").standardizedFileURL
    if isFolder(installed) { return installed.path }
    // A build folder lies a few levels below the package.
    for _ in 0..<5 {
      place.deleteLastPathComponent()
      let package = place.appending(path: "Package.swift").path
      let models = place.appending(path: "Models")
      if FileManager.default.fileExists(atPath: package), isFolder(models) { return models.path }
    }
    return nil
  }

  private static func isFolder(_ url: URL) -> Bool {
    (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
  }

  private static func entries(of folder: String?) -> [Entry] {
    guard let folder,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return [] }
    let suffix = ".safetensors"
    return names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }.sorted()
      .map { Entry(name: String($0.dropLast(suffix.count)), path: "\(folder)/\($0)") }
  }
}

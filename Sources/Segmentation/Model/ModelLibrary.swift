import Compute
import Foundation
import Microscopy
import Networks

/// The models that come with Morula: the weights files in one folder, by name.
public struct ModelLibrary: Sendable {
  /// The environment variable that names another folder.
  public static let variable = "MORULA_MODELS"

  /// A file of the folder.
  public struct Entry: Sendable, Hashable {
    /// The file's name without extension, for example `nsn`.
    public let name: String
    /// The file.
    public let path: String
  }

  /// The folder; nil if there is none.
  public let folder: String?
  /// The models, in order of their names.
  public let entries: [Entry]

  /// The library of a program.
  ///
  /// This is the folder that `MORULA_MODELS` names, else `PREFIX/share/morula/models` for a program
  /// installed as `PREFIX/bin/morula`, else `Models` of the project that the program was built in.
  ///
  /// - Parameters:
  ///   - executable: The path of the program; links are followed.
  ///   - environment: The environment variables.
  public init(
    executable: String? = Bundle.main.executablePath,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    folder = Self.folder(executable: executable, environment: environment)
    entries = Self.entries(of: folder)
  }

  /// Throws where `MORULA_MODELS` names a folder that cannot be read: whoever sets it means to use
  /// the models in it.
  public static func check(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(InputError) {
    guard let chosen = environment[variable], !chosen.isEmpty else { return }
    do throws(FileError) { _ = try FileSystem.names(in: chosen) } catch {
      throw InputError(
        chosen, "the folder of models (\(variable)) cannot be read: \(error.reason)",
        advice: "set it to a folder of models, or unset it")
    }
  }

  /// The model of this name; nil if there is none.
  public subscript(name: String) -> Entry? { entries.first { $0.name == name } }

  /// The file that an argument stands for: a path, or the name of a model if no such file exists.
  public func path(of argument: String) -> String {
    let isFile = argument.contains("/") || FileSystem.exists(argument)
    return isFile ? argument : self[argument]?.path ?? argument
  }

  /// The model that an argument stands for, a path or a name.
  ///
  /// - Throws: `WeightsError` if it is neither, or the file is not a model.
  public func model(_ argument: String) throws(WeightsError) -> Model {
    let path = path(of: argument)
    if path == argument, !argument.contains("/"),
      !FileSystem.exists(argument)
    {
      let names = entries.map(\.name).joined(separator: ", ")
      throw WeightsError(
        .unreadable, file: argument,
        "there is neither a file nor a model of this name; the models are "
          + (names.isEmpty ? "not found" : names))
    }
    return try Model(contentsOf: path)
  }

  private static func folder(
    executable: String?, environment: [String: String]
  ) -> String? {
    if let chosen = environment[variable], !chosen.isEmpty { return chosen }
    guard let executable else { return nil }
    var parent = URL(filePath: executable).resolvingSymlinksInPath().deletingLastPathComponent()
    let installed = parent.appending(path: "../share/morula/models").standardizedFileURL
    if Folder.exists(installed.path) { return installed.path }
    // A build folder lies a few levels below the package.
    for _ in 0..<5 {
      parent.deleteLastPathComponent()
      let package = parent.appending(path: "Package.swift").path
      let models = parent.appending(path: "Models")
      if FileSystem.exists(package), Folder.exists(models.path) {
        return models.path
      }
    }
    return nil
  }

  private static func entries(of folder: String?) -> [Entry] {
    guard let folder,
      let names = try? FileSystem.names(in: folder)
    else { return [] }
    let suffix = ".safetensors"
    return names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }.sorted()
      .map { Entry(name: String($0.dropLast(suffix.count)), path: "\(folder)/\($0)") }
  }
}

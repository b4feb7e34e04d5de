import Foundation
import TestSupport
import Testing

/// Commands that are killed, and what they leave in a folder.
enum KilledCommand {
  /// Starts a command again and again and kills it at random moments, until it ends by itself.
  ///
  /// - Parameters:
  ///   - arguments: The command line.
  ///   - folder: The folder in which it runs.
  ///   - seconds: How long it takes undisturbed.
  ///   - limit: How often it is killed at most.
  ///   - check: Called after each kill.
  /// - Returns: How often it was killed.
  static func run(
    _ arguments: [String], in folder: TestFolder, within seconds: Double, atMost limit: Int,
    check: () throws -> Void
  ) throws -> Int {
    for kills in 0..<limit {
      let process = Process()
      process.executableURL = MorulaCommand.executable
      process.arguments = arguments
      process.currentDirectoryURL = URL(filePath: folder.path)
      process.standardError = FileHandle.nullDevice
      try process.run()
      Thread.sleep(forTimeInterval: .random(in: 0...seconds * 1.1))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if process.terminationReason == .exit { return kills }
      try check()
    }
    return limit
  }

  /// The files in a folder by their paths, without those that Morula hides; empty if there is none.
  static func files(in path: String) throws -> [String: Data] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [:] }
    guard isFolder.boolValue else { return ["": try Data(contentsOf: URL(filePath: path))] }
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path)
    where !name.split(separator: "/").contains(where: { $0.hasPrefix(".morula") }) {
      let file = path + "/" + name
      let isThere = FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
      if isThere, !isFolder.boolValue { files[name] = try Data(contentsOf: URL(filePath: file)) }
    }
    return files
  }

  /// The names in a folder that Morula hides.
  static func hidden(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { $0.hasPrefix(".morula") }
  }
}

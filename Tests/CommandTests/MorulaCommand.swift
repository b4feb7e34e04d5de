import Foundation
import Segmentation
import TestSupport

/// The `morula` executable that was built next to the test bundle.
enum MorulaCommand {
  /// Its path; nil if it was not built.
  static let executable: URL? = {
    // Linux runs the bundle itself, macOS a runner with the bundle inside a folder beside the
    // executable.
    var folders = [URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()]
    folders += Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    folders.append(Bundle.main.bundleURL)
    return folders.map { $0.appending(path: "morula").resolvingSymlinksInPath() }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) && !$0.isFolder }
  }()

  /// A folder without models.
  private static let noModels = try? TestFolder()

  /// What a run of the command gave.
  struct Result: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of standard error that are errors.
    var errorLines: [String] {
      errors.split(separator: "\n").map(String.init).filter { $0.contains("rror: ") }
    }
  }

  /// Runs `morula` in `folder` and waits.
  ///
  /// `interruptingWhen` is asked with the standard error so far, and the first time that it says so
  /// the command is sent SIGINT, or SIGTERM with `terminating`. `environment` is added to ours.
  static func run(
    _ arguments: [String], in folder: TestFolder, environment: [String: String] = [:],
    terminating: Bool = false,
    interruptingWhen shouldInterrupt: (@Sendable (String) -> Bool)? = nil
  ) throws -> Result {
    guard let executable else { throw CocoaError(.fileNoSuchFile) }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    // Without the project's own models, unless a test brings some or asks for them.
    let own = folder.path + "/models"
    let models = FileManager.default.fileExists(atPath: own) ? own : noModels?.path ?? "/"
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("SLURM_") }
      .merging([ModelLibrary.variable: models]) { $1 }
      .merging(environment) { $1 }
    process.currentDirectoryURL = URL(filePath: folder.path)
    // Files, not pipes: nothing can fill up, and what was written so far can be read at any time.
    let outputs = ["output", "errors"].map {
      URL(filePath: "\(folder.path)/.\($0)-\(UUID().uuidString)")
    }
    for url in outputs { try Data().write(to: url) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: outputs[0])
    process.standardError = try FileHandle(forWritingTo: outputs[1])
    try process.run()
    if let shouldInterrupt {
      while process.isRunning {
        if shouldInterrupt(try String(contentsOf: outputs[1], encoding: .utf8)) {
          if terminating { process.terminate() } else { process.interrupt() }
          break
        }
        Thread.sleep(forTimeInterval: 0.002)
      }
    }
    process.waitUntilExit()
    let texts = try outputs.map { try String(contentsOf: $0, encoding: .utf8) }
    return Result(
      // A signal that ended the process shows as a shell would show it.
      status: process.terminationReason == .uncaughtSignal
        ? 128 + process.terminationStatus : process.terminationStatus,
      output: texts[0], errors: texts[1])
  }
}

extension URL {
  fileprivate var isFolder: Bool {
    (try? resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
  }
}

import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Every input that fuzzing kept, through the parsers that it is for: none traps, hangs or gives an
/// error that is not one line.
@Suite struct FuzzCorpusTests {
  /// The files of `Corpus/<target>` or `Findings/<target>`.
  private static func inputs(_ folder: String, _ target: FuzzTarget) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: packageFolder.appending(path: "Tests/Fuzzing/\(folder)/\(target.rawValue)"),
      includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  @Test(arguments: FuzzTarget.allCases) func corpus(_ target: FuzzTarget) throws {
    let inputs = try Self.inputs("Corpus", target)
    #expect(!inputs.isEmpty, "there is no corpus for \(target.rawValue)")
    for input in inputs {
      let bytes = [UInt8](try Data(contentsOf: input))
      #expect(bytes.count <= 8192, "\(input.lastPathComponent) is too large for a corpus")
      target.run(bytes)
    }
  }

  @Test(arguments: FuzzTarget.allCases) func findings(_ target: FuzzTarget) throws {
    guard
      FileManager.default.fileExists(
        atPath: packageFolder.appending(path: "Tests/Fuzzing/Findings/\(target.rawValue)").path)
    else { return }
    for input in try Self.inputs("Findings", target) {
      target.run([UInt8](try Data(contentsOf: input)))
    }
  }
}

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

  /// The findings there are, by name: a file that is missing or not listed here fails. Targets that
  /// are not named have none.
  static let listed: [FuzzTarget: Set<String>] = [
    .foldPattern: ["parentheses-in-nested-class", "range-to-combining-mark"],
    .npy: ["empty-beside-billions"],
    .safetensors: ["channels-beyond-all-numbers"],
    .tiff: ["half-gigabyte-from-eight-kilobytes", "one-page-for-all-planes"],
    .tiffDescription: ["message-of-escapes", "xml-instruction-without-data"],
    .yaml: ["aliases-as-keys", "aliases-of-lists", "aliases-of-sections", "message-of-escapes"],
    .zarrImage: [
      "chunk-of-a-gigabyte", "half-gigabyte-of-fill-values", "match-before-any-byte",
      "million-chunks", "shard-of-no-length", "shards-that-are-not-there",
    ],
  ]

  @Test(arguments: listed.keys.sorted { $0.rawValue < $1.rawValue })
  func findings(_ target: FuzzTarget) throws {
    let inputs = try Self.inputs("Findings", target)
    #expect(Set(inputs.map(\.lastPathComponent)) == Self.listed[target])
    for input in inputs { target.run([UInt8](try Data(contentsOf: input))) }
  }

  @Test func onlyListedTargetsHaveFindings() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: packageFolder.appending(path: "Tests/Fuzzing/Findings").path)
    #expect(Set(folders) == Set(Self.listed.keys.map(\.rawValue)))
  }
}

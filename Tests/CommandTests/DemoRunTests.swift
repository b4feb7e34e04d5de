import Foundation
import TestSupport
import Testing

/// What a small demonstration writes, byte for byte: images, weights, labels, tables, pictures.
///
/// `Fixtures/demo-run/outputs.sha256` holds the hashes that `outputs.sh` beside it printed. A
/// change of bytes that is meant renews the file with that script, and its commit says why.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable morula is not built"))
struct DemoRunTests {
  /// Deflate, PNG and the C library's functions give other bytes in other versions.
  private static let isRecordedSystem: Bool = {
    #if arch(x86_64)
      let release = try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)
      return release?.contains(#"VERSION_CODENAME=bookworm"#) ?? false
    #else
      return false
    #endif
  }()

  private static let fixture = packageFolder.appending(path: "Tests/CommandTests/Fixtures/demo-run")

  @Test(.enabled(if: isRecordedSystem, "the bytes were recorded on Debian 12, x86-64"))
  func outputsAreTheSameBytes() throws {
    let folder = try TestFolder()
    let executable = try #require(MorulaCommand.executable)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [
      Self.fixture.appending(path: "outputs.sh").path, executable.path,
      packageFolder.appending(path: "Models").path, folder.path + "/demo",
    ]
    let listing = URL(filePath: folder.path + "/outputs.sha256")
    try Data().write(to: listing)
    process.standardOutput = try FileHandle(forWritingTo: listing)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let printed = try String(contentsOf: listing, encoding: .utf8)
    try #require(process.terminationStatus == 0, "\(printed)")

    let found = Self.hashes(printed)
    let expected = Self.hashes(
      try String(contentsOf: Self.fixture.appending(path: "outputs.sha256"), encoding: .utf8))
    try #require(expected.count > 60)
    #expect(Set(found.keys) == Set(expected.keys))
    for (file, hash) in expected.sorted(by: { $0.key < $1.key }) {
      #expect(found[file] == hash, "\(file) has other bytes")
    }
  }

  /// File names and hashes of lines as `sha256sum` prints them.
  private static func hashes(_ listing: String) -> [String: String] {
    let lines = listing.split(separator: "\n").map { $0.split(separator: " ") }
    return Dictionary(uniqueKeysWithValues: lines.map { (String($0[1]), String($0[0])) })
  }
}

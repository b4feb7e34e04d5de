import Compute
import Foundation
import TestSupport
import Testing

/// Files, folders and pipes, with and without somebody at the other end.
@Suite struct PatientReaderTests {
  private static func reader(_ limit: Int = 1 << 20) -> PatientReader {
    var reader = PatientReader(limit: limit)
    reader.patience = 0.2
    return reader
  }

  @Test func files() throws {
    let folder = try TestFolder()
    let text = String(repeating: "a line\n", count: 30_000)
    try folder.write(text, to: "text")
    #expect(try Self.reader().read(folder.path + "/text") == Data(text.utf8))
    #expect(try Self.reader().read("/dev/null").isEmpty)
    #expect(throws: PatientReader.Failure.tooLarge) {
      try Self.reader(100_000).read(folder.path + "/text")
    }
    #expect(throws: PatientReader.Failure.tooLarge) { try Self.reader(1000).read("/dev/zero") }
    for (path, code) in [(folder.path, EISDIR), (folder.path + "/none", ENOENT)] {
      let error = try #require(throws: PatientReader.Failure.self) {
        try Self.reader().read(path)
      }
      guard case .system(let reason) = error else {
        Issue.record("\(error)")
        continue
      }
      #expect(reason.code == code)
    }
  }

  @Test func pipes() throws {
    let folder = try TestFolder()
    let path = folder.path + "/pipe"
    #expect(unsafe mkfifo(path, 0o600) == 0)
    #expect(try FileStatus(of: path).kind == .pipe)
    // Nobody writes.
    #expect(throws: PatientReader.Failure.silent(after: 0)) { try Self.reader().read(path) }
    // Somebody opens it later, writes in two parts and closes it.
    let writer = Thread {
      guard let handle = FileHandle(forWritingAtPath: path) else { return }
      try? handle.write(contentsOf: Data("a: 1\n".utf8))
      Thread.sleep(forTimeInterval: 0.05)
      try? handle.write(contentsOf: Data("b: 2\n".utf8))
      try? handle.close()
    }
    writer.start()
    var reader = Self.reader()
    reader.patience = 20
    #expect(try reader.read(path) == Data("a: 1\nb: 2\n".utf8))
    // Somebody writes and does not close it.
    let endless = try #require(FileHandle(forUpdatingAtPath: path))
    try endless.write(contentsOf: Data("c".utf8))
    #expect(throws: PatientReader.Failure.silent(after: 1)) { try Self.reader().read(path) }
  }
}

import Compute
import Foundation
import TestSupport
import Testing

private struct Stop: Error, Equatable {}

@Suite struct AtomicFileTests {
  let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func write(_ text: String, to name: String) throws {
    try AtomicFile.write(to: folder.path + "/" + name) { try $0.write(contentsOf: Data(text.utf8)) }
  }

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
  }

  @Test("A file appears with all it was given, and nothing beside it")
  func new() throws {
    try write("first", to: "a.txt")
    #expect(try text("a.txt") == "first")
    #expect(try names() == ["a.txt"])
  }

  @Test("An earlier file is replaced; whoever has it open still reads it whole")
  func replaces() throws {
    let path = try folder.write("the old text", to: "a.txt")
    let reader = try #require(FileHandle(forReadingAtPath: path))
    try write("new", to: "a.txt")
    #expect(try text("a.txt") == "new")
    #expect(try reader.readToEnd() == Data("the old text".utf8))
    #expect(try names() == ["a.txt"])
  }

  @Test("The old file is there until the new one is complete")
  func oldStaysMeanwhile() throws {
    let path = try folder.write("old", to: "a.txt")
    try AtomicFile.write(to: path) { handle in
      try handle.write(contentsOf: Data("half".utf8))
      #expect(try text("a.txt") == "old")
      #expect(try names().count == 2)
    }
    #expect(try text("a.txt") == "half")
  }

  @Test("An error in the middle leaves the old file and nothing else", arguments: [true, false])
  func errorInTheMiddle(hasOld: Bool) throws {
    if hasOld { try folder.write("old", to: "a.txt") }
    #expect(throws: Stop()) {
      try AtomicFile.write(to: folder.path + "/a.txt") {
        try $0.write(contentsOf: Data("half".utf8))
        throw Stop()
      }
    }
    #expect(try names() == (hasOld ? ["a.txt"] : []))
    if hasOld { #expect(try text("a.txt") == "old") }
  }

  @Test("What the system refuses is one line with the file and the reason")
  func refusals() throws {
    let missing = folder.path + "/none/a.txt"
    let error = #expect(throws: FileError.self) { try AtomicFile.write(to: missing) { _ in } }
    #expect(error?.description == "\(missing): No such file or directory")

    let taken = folder.path + "/taken"
    try FileManager.default.createDirectory(
      atPath: taken + "/inner", withIntermediateDirectories: true)
    let other = #expect(throws: FileError.self) { try AtomicFile.write(to: taken) { _ in } }
    #expect(other?.file == taken)
    #expect(try names() == ["taken"])
  }

  @Test("What a killed run left neither disturbs a later one nor is touched by it")
  func leftovers() throws {
    try folder.write("half", to: ".a.txt.0123ABCD.partial")
    try write("whole", to: "a.txt")
    #expect(try names() == [".a.txt.0123ABCD.partial", "a.txt"])
    #expect(try text("a.txt") == "whole")
    #expect(try text(".a.txt.0123ABCD.partial") == "half")
  }

  @Test("Permissions are those of any new file, also in place of a file with others")
  func permissions() throws {
    let usual = folder.path + "/usual"
    close(open(usual, O_WRONLY | O_CREAT, 0o666))
    let old = try folder.write("old", to: "a.txt")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: old)
    try write("new", to: "a.txt")
    #expect(try mode(old) == mode(usual))
  }

  @Test("A link is replaced, and what it leads to stays")
  func link() throws {
    let real = try folder.write("real", to: "real.txt")
    let link = folder.path + "/link.txt"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
    try write("new", to: "link.txt")
    #expect(try text("real.txt") == "real")
    #expect(try text("link.txt") == "new")
    #expect(throws: (any Error).self) {
      try FileManager.default.destinationOfSymbolicLink(atPath: link)
    }
  }

  @Test("A name without a folder is one of the current folder")
  func relative() {
    let draft = AtomicFile.Draft(for: "a.txt")
    #expect(draft.path.hasPrefix(".a.txt.") && draft.path.hasSuffix(".partial"))
    #expect(AtomicFile.Draft(for: "x/a.txt").path.hasPrefix("x/.a.txt."))
    #expect(AtomicFile.Draft(for: "/a.txt").path.hasPrefix("/.a.txt."))
  }
}

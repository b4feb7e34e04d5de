import Compute
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFolderTests {
  let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func names(_ inner: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + inner).sorted()
  }

  /// A folder of one file that is to be called `image`.
  private func draft() throws -> AtomicFile.Draft {
    let draft = AtomicFile.Draft(for: folder.path + "/image")
    try FileManager.default.createDirectory(
      atPath: draft.path, withIntermediateDirectories: false)
    try Data("new".utf8).write(to: URL(filePath: draft.path + "/new"))
    return draft
  }

  @Test("A folder gets a name that is free", arguments: [true, false])
  func new(exchanging: Bool) throws {
    try draft().publishFolder(exchanging: exchanging)
    #expect(try names() == ["image"])
    #expect(try names("image") == ["new"])
  }

  /// Both ways: exchanging two names, and for file systems that cannot, one rename after the other.
  @Test("An earlier folder is replaced whole", arguments: [true, false])
  func replaces(exchanging: Bool) throws {
    try folder.write("old", to: "image/deep/old")
    try draft().publishFolder(exchanging: exchanging)
    #expect(try names() == ["image"])
    #expect(try names("image") == ["new"])
  }

  @Test("There is a complete folder under the name all the time")
  func neverNeither() throws {
    try folder.write("old", to: "image/mark")
    let draft = try draft()
    try Data("new".utf8).write(to: URL(filePath: draft.path + "/mark"))
    let path = folder.path + "/image/mark"
    let isDone = Guarded(false)
    let misses = Guarded(0)
    let looks = Guarded(0)
    let watcher = Thread {
      while !isDone.withLock({ $0 }) {
        if access(path, F_OK) != 0 { misses.withLock { $0 += 1 } }
        looks.withLock { $0 += 1 }
      }
    }
    watcher.start()
    while looks.withLock({ $0 }) < 100 { usleep(100) }
    try draft.publishFolder()
    isDone.withLock { $0 = true }
    #expect(misses.withLock { $0 } == 0)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
  }

  @Test("Where the new folder cannot take the name the old one has it", arguments: [true, false])
  func failure(exchanging: Bool) throws {
    try folder.write("old", to: "image/old")
    let draft = try draft()
    draft.remove()
    #expect(throws: FileError.self) { try draft.publishFolder(exchanging: exchanging) }
    #expect(try names() == ["image"])
    #expect(try names("image") == ["old"])
  }

  @Test("A file is not replaced by a folder", arguments: [true, false])
  func file(exchanging: Bool) throws {
    try folder.write("old", to: "image")
    let draft = try draft()
    let error = #expect(throws: FileError.self) {
      try draft.publishFolder(exchanging: exchanging)
    }
    #expect(
      error?.description
        == "\(folder.path)/image: something of that name exists already; choose another name")
    draft.remove()
    #expect(try names() == ["image"])
    #expect(try String(contentsOfFile: folder.path + "/image", encoding: .utf8) == "old")
  }

  @Test(
    "The folder that a link leads to is replaced, and the link stays", arguments: [true, false])
  func link(exchanging: Bool) throws {
    try folder.write("old", to: "real/old")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/image", withDestinationPath: folder.path + "/real")
    try draft().publishFolder(exchanging: exchanging)
    #expect(try names() == ["image", "real"])
    #expect(try names("image") == ["new"])
    #expect(try names("real") == ["new"])
    #expect(FileSystem.destination(ofLink: folder.path + "/image") == folder.path + "/real")
  }

  @Test("Removing a draft removes all that is in it, and nothing where there is none")
  func removes() throws {
    let draft = try draft()
    draft.remove()
    draft.remove()
    #expect(try names() == [])
  }
}

import Compute
import Foundation
import TestSupport
import Testing

@Suite struct FileSystemTests {
  let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test("Folders and files of names that are not UTF-8 are made, listed, renamed and removed")
  func foreignNames() throws {
    let inner = folder.path + "/" + String(pathBytes: [0xE9, 0x2F, 0xB5, 0x2F, 0xFF])
    try FileSystem.makeFolder(inner)
    try FileSystem.makeFolder(inner)
    #expect(FileSystem.isFolder(inner))
    let file = inner + "/" + String(pathBytes: [0x80])
    try FileSystem.write([1, 2, 3], to: file)
    #expect(try FileSystem.names(in: inner).map(\.pathBytes) == [[0x80]])
    #expect(try FileSystem.contents(of: file) == Data([1, 2, 3]))
    #expect(
      FileSystem.resolved(file) == FileSystem.resolved(folder.path)
        + file.dropFirst(folder.path.count))
    try FileSystem.rename(file, to: inner + "/plain")
    #expect(FileSystem.exists(inner + "/plain") && !FileSystem.exists(file))
    FileSystem.remove(folder.path + "/" + String(pathBytes: [0xE9]))
    #expect(try FileSystem.names(in: folder.path) == [])
  }

  @Test("Removing a folder leaves what links in it lead to")
  func removes() throws {
    try folder.write("kept", to: "outside/kept")
    try folder.write("gone", to: "inside/gone")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/inside/link", withDestinationPath: "../outside")
    FileSystem.remove(folder.path + "/inside")
    #expect(!FileSystem.exists(folder.path + "/inside"))
    #expect(FileSystem.exists(folder.path + "/outside/kept"))
  }

  @Test(
    "Parents and names",
    arguments: [
      ("a", "", "a"), ("a/b", "a", "b"), ("/a", "/", "a"), ("a/b/", "a", "b"), ("a//b", "a", "b"),
      ("/", "/", ""), ("", "", ""), ("./a", ".", "a"), ("a/e\u{301}", "a", "e\u{301}"),
    ])
  func parts(path: String, parent: String, name: String) {
    #expect(FileSystem.parent(of: path) == parent)
    #expect(FileSystem.lastComponent(of: path) == name)
  }

  @Test("Absolute and resolved paths")
  func absolute() throws {
    #expect(FileSystem.absolute("/a/./b/../c//d/") == "/a/c/d")
    #expect(FileSystem.absolute("/..") == "/")
    #expect(FileSystem.absolute("") == FileSystem.resolved("."))
    try folder.write("text", to: "real/file")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: "real")
    let real = FileSystem.resolved(folder.path + "/real")
    #expect(FileSystem.resolved(folder.path + "/link/file") == real + "/file")
    #expect(FileSystem.resolved(folder.path + "/link/none/deeper") == real + "/none/deeper")
  }
}

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
    #expect(error?.description == "\(missing): there is no such file or folder; check the path")

    let taken = folder.path + "/taken"
    try FileManager.default.createDirectory(
      atPath: taken + "/inner", withIntermediateDirectories: true)
    let other = #expect(throws: FileError.self) { try AtomicFile.write(to: taken) { _ in } }
    #expect(other?.file == taken)
    #expect(try names() == ["taken"])
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

  @Test("What a link leads to is replaced, and the link stays", arguments: [true, false])
  func link(isRelative: Bool) throws {
    try folder.write("real", to: "inner/real.txt")
    let link = folder.path + "/link.txt"
    let destination = (isRelative ? "" : folder.path + "/") + "inner/real.txt"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: destination)
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/chain.txt", withDestinationPath: "link.txt")
    for (number, name) in ["link.txt", "chain.txt"].enumerated() {
      try write("new \(number)", to: name)
      #expect(try text("inner/real.txt") == "new \(number)")
    }
    #expect(FileSystem.destination(ofLink: link) == destination)
    #expect(try names() == ["chain.txt", "inner", "link.txt"])
    #expect(try FileSystem.names(in: folder.path + "/inner") == ["real.txt"])
  }

  @Test("A link that leads to nothing yet leads to the new file")
  func danglingLink() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link.txt", withDestinationPath: "real.txt")
    try write("new", to: "link.txt")
    #expect(FileSystem.destination(ofLink: folder.path + "/link.txt") == "real.txt")
    #expect(try text("real.txt") == "new")
  }

  @Test("Links in a circle are an error and stay")
  func circle() throws {
    for (a, b) in [("a", "b"), ("b", "a")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/" + a, withDestinationPath: b)
    }
    let error = #expect(throws: FileError.self) { try write("new", to: "a") }
    #expect(error?.reason == "symbolic links that lead in a circle")
    #expect(try names() == ["a", "b"])
  }

  @Test("What is written to a pipe goes through it, and the pipe stays", arguments: [true, false])
  func pipe(isStream: Bool) throws {
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    let got = Guarded<Data?>(nil)
    let isDone = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let data = try? FileHandle(forReadingFrom: URL(filePath: path)).readToEnd()
      got.withLock { $0 = data }
      isDone.signal()
    }
    let sent = String(repeating: "all of it ", count: 20_000)
    if isStream {
      try write(sent, to: "pipe")
    } else {
      let draft = AtomicFile.Draft(for: path)
      #expect(Descriptor.write(sent.utf8, to: try draft.create()) == 0)
      try draft.publish()
      #expect(!FileSystem.exists(draft.path))
    }
    isDone.wait()
    #expect(got.withLock { $0 } == Data(sent.utf8))
    #expect(try FileStatus(of: path).kind == .pipe)
    #expect(try names() == ["pipe"])
  }

  @Test("A device stays a device, also behind a link")
  func device() throws {
    let path = folder.path + "/null"
    // A copy of /dev/null, which only the superuser may make.
    guard mknod(path, S_IFCHR | 0o666, dev_t(1 << 8 | 3)) == 0, access(path, W_OK) == 0 else {
      return
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: "null")
    for name in ["null", "link"] {
      // Where devices are not allowed (a mount with nodev) nothing can be written; nor replaced.
      try? write("gone", to: name)
      let draft = AtomicFile.Draft(for: folder.path + "/" + name)
      try draft.create()
      try? draft.publish()
      draft.remove()
    }
    #expect(try FileStatus(of: path).kind == .device)
    #expect(try names() == ["link", "null"])
  }

  @Test("A file that is open already is written on, as /dev/stdout leads to one")
  func openFile() throws {
    let path = try folder.write("", to: "open.txt")
    let descriptor = open(path, O_WRONLY | O_APPEND)
    defer { close(descriptor) }
    #expect(Descriptor.write("before ".utf8, to: descriptor) == 0)
    for folder in ["/dev/fd", "/proc/self/fd"] where FileSystem.exists(folder) {
      try AtomicFile.write(to: "\(folder)/\(descriptor)") {
        try $0.write(contentsOf: Data("more ".utf8))
      }
    }
    #expect(Descriptor.write("after".utf8, to: descriptor) == 0)
    let text = try text("open.txt")
    #expect(text.hasPrefix("before more ") && text.hasSuffix("after"))
  }

  @Test("Every name that the file system takes can be written", arguments: [1, 243, 244, 250, 255])
  func longNames(length: Int) throws {
    let name = String(repeating: "n", count: length)
    try write("long", to: name)
    try write("again", to: name)
    #expect(try names() == [name])
    #expect(try text(name) == "again")
  }

  @Test("A name that is too long is named as such")
  func tooLong() throws {
    let error = #expect(throws: FileError.self) {
      try write("", to: String(repeating: "n", count: 256))
    }
    #expect(error?.reason == "the name is too long")
    #expect(try names() == [])
  }

  @Test("Names that are not UTF-8 are written byte for byte")
  func foreignNames() throws {
    let name = String(pathBytes: [0x35, 0xB5, 0x6D])
    try write("text", to: name)
    #expect(try FileSystem.names(in: folder.path).map(\.pathBytes) == [[0x35, 0xB5, 0x6D]])
    #expect(try FileSystem.text(of: folder.path + "/" + name) == "text")
  }

  @Test("What killed processes have left goes, what lives stays")
  func leftovers() throws {
    for name in [".morula-0123456789abcdef.partial", ".morula-b.partial/c/chunk", ".other.partial"]
    {
      try folder.write("half", to: name)
    }
    let living = AtomicFile.Draft(for: folder.path + "/living")
    try living.create()
    let livingFolder = AtomicFile.Draft(for: folder.path + "/living.zarr")
    try livingFolder.createFolder()
    try folder.write("half", to: ".morula-later.partial")
    AtomicFile.sweep(folder.path)
    let name = { (draft: AtomicFile.Draft) in FileSystem.lastComponent(of: draft.path) }
    #expect(try names() == [name(living), name(livingFolder), ".other.partial"].sorted())
    try living.publish()
    try livingFolder.publishFolder()
    #expect(try names() == [".other.partial", "living", "living.zarr"])
  }

  @Test("Writing a file removes what killed processes have left beside it")
  func leftoversBeside() throws {
    try folder.write("half", to: ".morula-0123456789abcdef.partial")
    try write("whole", to: "a.txt")
    #expect(try names() == ["a.txt"])
  }

  @Test("A draft lies in the folder of its target")
  func places() {
    for (target, folder) in [("a.txt", ""), ("x/a.txt", "x/"), ("/a.txt", "/"), ("x//a/", "x/")] {
      let path = AtomicFile.Draft(for: target).path
      #expect(path.hasPrefix(folder + ".morula-") && path.hasSuffix(".partial"))
    }
  }
}

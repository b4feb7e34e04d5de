import Compute
import Foundation
import TestSupport
import Testing

@Suite struct FileErrorTests {
  @Test("What the system answers is told apart, each in one line")
  func words() {
    let codes = [
      ENOENT, EACCES, EPERM, EROFS, EMFILE, ENFILE, ENOSPC, EDQUOT, EFBIG, EISDIR, ENOTDIR, ELOOP,
      ENAMETOOLONG, ESTALE, EIO, EPIPE, EBADF, ENOMEM, EBUSY, EINVAL,
    ]
    let texts = codes.map { FileError("a.tif", $0).description }
    #expect(Set(texts).count == codes.count)
    #expect(texts.allSatisfy { $0.hasPrefix("a.tif: ") && !$0.contains("\n") })
    #expect(
      FileError("a.tif", EMFILE).description
        == "a.tif: this process has too many open files; raise the limit of open files (`ulimit -n`)"
    )
    #expect(FileError("a\n\u{1B}b", EIO).statement.hasPrefix(#"a\n\u{1B}b: "#))
  }

  @Test("What the system answers to real calls")
  func answers() throws {
    let folder = try TestFolder()
    let path = folder.path
    try folder.write("text", to: "file")
    try Data([0x66, 0xFF]).write(to: URL(filePath: path + "/bytes"))
    func reason(_ name: String) -> String? {
      #expect(throws: FileError.self) { _ = try FileSystem.text(of: path + "/" + name) }?.reason
    }
    #expect(reason("none") == "there is no such file or folder")
    #expect(reason("file/none") == "a part of the path is a file, not a folder")
    #expect(reason("") == "it is a folder, not a file")
    #expect(reason("bytes") == "is not text in UTF-8")
    #expect(reason(String(repeating: "n", count: 300)) == "the name is too long")
    #expect(try FileSystem.text(of: path + "/file") == "text")
    if geteuid() != 0 {
      chmod(path + "/file", 0)
      #expect(reason("file") == "permission denied")
    }
  }
}

import Compute
import Foundation
import TestSupport
import Testing

@Suite struct SHA256Tests {
  /// The examples of FIPS 180-4 (NIST's "SHA-256 examples") and a file of several pieces, whose
  /// digest `sha256sum` gave.
  @Test func digestsOfFiles() throws {
    let folder = try TestFolder()
    let cases: [(Data, String)] = [
      (Data(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      (
        Data("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      ),
      (
        Data(repeating: UInt8(ascii: "a"), count: 3_000_000),
        "2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4"
      ),
    ]
    for (content, digest) in cases {
      try content.write(to: URL(filePath: folder.path + "/file"))
      #expect(try SHA256.digest(ofFile: folder.path + "/file") == digest)
    }
    #expect(throws: FileError.self) { try SHA256.digest(ofFile: folder.path + "/none") }
  }
}

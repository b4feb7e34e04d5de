import Compute
import Foundation
import TestSupport
import Testing

/// File names that are not UTF-8: a µ in Latin-1 is the byte B5.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable was not built"))
struct ForeignNameTests {
  let place: TestFolder

  init() throws {
    place = try TestFolder()
    try SyntheticEmbryos.write(
      ["Emb01_t001", "Emb01_t002"], to: place.path + "/data",
      voxelSize: SyntheticEmbryos.voxelSize)
    for kind in ["images", "nsn"] {
      let folder = place.path + "/" + String(pathBytes: [0xE9, 0x2F] + kind.utf8)
      try FileSystem.makeFolder(folder)
      for time in 1...2 {
        try FileSystem.rename(
          "\(place.path)/data/\(kind)/Emb01_t00\(time).tif",
          to: folder + "/" + String(pathBytes: [0x35, 0xB5, 0x6D] + "_t00\(time).tif".utf8))
      }
    }
  }

  /// Runs a line of a shell, in which names are written as `$'\\xB5'`.
  private func shell(_ line: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", line]
    process.environment = ProcessInfo.processInfo.environment
      .merging(["M": try #require(MorulaCommand.executable).path]) { $1 }
    process.currentDirectoryURL = URL(filePath: place.path)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, try #require(String(validating: data, as: UTF8.self)))
  }

  private func names(_ folder: String) throws -> [[UInt8]] {
    try FileSystem.names(in: place.path + "/" + folder).map(\.pathBytes).sorted {
      $0.lexicographicallyPrecedes($1)
    }
  }

  @Test("A folder and a file are described, and shown readably")
  func info() throws {
    for path in ["$'\\xE9/images'", "$'\\xE9/images/5\\xB5m_t001.tif'"] {
      let result = try shell("$M info \(path)")
      #expect(result.status == 0)
      #expect(result.output.hasPrefix(#"\xE9/images/5\xB5m_t001.tif"# + "\n"))
    }
    let json = try shell("$M info --json $'\\xE9/images/5\\xB5m_t001.tif'").output
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect(
      (object?["file"] as? String)?.pathBytes == [0xE9] + "/images/5".utf8 + [0xB5]
        + "m_t001.tif".utf8)
    #expect(try shell("$M info $'none\\xB5.tif'").output.contains(#"none\xB5.tif: "#))
  }

  @Test("Results are named after the images, byte for byte")
  func segment() throws {
    let result = try shell(
      "$M segment $'\\xE9/images' --output $'out\\xFF' --method classical && "
        + "$M measure $'out\\xFF' --image $'\\xE9/images' --output $'m\\xFF' && "
        + "$M evaluate --prediction $'out\\xFF' --truth $'\\xE9/nsn' --bootstrap 0 "
        + "--csv $'\\xFF.csv' --json $'\\xFF.json' && "
        + "$M figure --column $'\\xB5=out\\xFF' --output $'\\xFF.svg'")
    #expect(result.status == 0, "\(result.output)")
    #expect(
      try names(String(pathBytes: Array("out".utf8) + [0xFF] + "/labels".utf8))
        == (1...2).map { [0x35, 0xB5, 0x6D] + "_t00\($0).tif".utf8 })
    let file = { (ending: String) in place.path + "/" + String(pathBytes: [0xFF] + ending.utf8) }
    #expect(try FileSystem.text(of: file(".csv")).contains(#"5\xB5m_t001"#))
    #expect(try FileSystem.text(of: file(".svg")).contains(#">5\xB5m_t001<"#))
    _ = try JSONSerialization.jsonObject(with: FileSystem.contents(of: file(".json")))
  }

  @Test("OME-Zarr and OME-TIFF have names of any bytes")
  func convert() throws {
    let result = try shell(
      "$M convert $'\\xE9/images' --output $'\\xB5.zarr' && $M info $'\\xB5.zarr' && "
        + "$M convert $'\\xB5.zarr' --output $'\\xB5.ome.tif' && $M info $'\\xB5.ome.tif'")
    #expect(result.status == 0, "\(result.output)")
    #expect(try names("").contains([0xB5] + ".zarr".utf8))
    #expect(try names("").contains([0xB5] + ".ome.tif".utf8))
  }
}

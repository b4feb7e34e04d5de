import Foundation
import TestSupport
import Testing

/// Names that would steer a terminal, fake lines, or become formulas.
@Suite(.enabled(if: MorulaCommand.executable != nil, "the executable was not built"))
struct HostileNameTests {
  let place: TestFolder
  private static let hostile = "=1+1\u{1B}[31m\u{202E}\u{9B}2J\nmorula: error: fake"

  init() throws {
    place = try TestFolder()
    try SyntheticEmbryos.write(
      [Self.hostile + "_t001"], to: place.path + "/data", voxelSize: SyntheticEmbryos.voxelSize)
  }

  private func isHarmless(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      $0 == "\n" || $0.properties.generalCategory != .control && $0 != "\u{202E}"
    } && !text.contains("\nmorula: error: fake")
  }

  @Test("Output on the terminal shows what names hide")
  func terminal() throws {
    let image = "data/images/\(Self.hostile)_t001.tif"
    for arguments in [
      ["info", image], ["info", "--json", image], ["info", image + "\u{1B}"],
      ["segment", "data/images", "--output", "out\u{1B}]0;x\u{7}", "--method", "classical"],
      ["info", "--unknown\u{1B}[2J"], ["model", "info", "x\u{1B}[2J"],
    ] {
      let result = try MorulaCommand.run(arguments, in: place)
      #expect(isHarmless(result.output) && isHarmless(result.errors), "\(arguments)")
    }
  }

  @Test("No cell of a table is a formula, and a row is a line")
  func tables() throws {
    let result = try MorulaCommand.run(
      [
        "evaluate", "--prediction", "data/nsn", "--truth", "data/nsn", "--csv", "scores.csv",
        "--bootstrap", "0",
      ], in: place)
    #expect(result.status == 0, "\(result.errors)")
    let table = try String(contentsOfFile: place.path + "/scores.csv", encoding: .utf8)
    #expect(isHarmless(table))
    let rows = table.split(separator: "\n").dropFirst()
    #expect(!rows.isEmpty && rows.allSatisfy { $0.hasPrefix("'=1+1") })
  }

  @Test("What a killed run has left is removed by the next one, long names are written")
  func leftovers() throws {
    let stem = String(repeating: "n", count: 245) + "_t001"
    try FileManager.default.createDirectory(
      atPath: place.path + "/long", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: "\(place.path)/data/images/\(Self.hostile)_t001.tif",
      toPath: "\(place.path)/long/\(stem).tif")
    try place.write("half", to: "out/labels/.morula-0123456789abcdef.partial")
    try place.write("half", to: "out/masks/.morula-0123456789abcdef.partial")
    let result = try MorulaCommand.run(
      ["segment", "long", "--output", "out", "--method", "classical"], in: place)
    #expect(result.status == 0, "\(result.errors)")
    for folder in ["labels", "masks"] {
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: "\(place.path)/out/\(folder)")
          == (folder == "labels" ? ["\(stem).tif"] : []))
    }
  }
}

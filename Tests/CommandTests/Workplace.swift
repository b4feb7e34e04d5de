import Foundation
import TestSupport

/// A folder with a tiny data set and a configuration for it, in which commands run.
struct Workplace {
  let place: TestFolder

  /// Three volumes, of which the last validates.
  init(voxelSize: Bool = true) throws {
    place = try TestFolder()
    try SyntheticEmbryos.write(
      ["Emb01_t001", "Emb01_t002", "Emb02_t001"], to: place.path + "/data",
      voxelSize: voxelSize ? SyntheticEmbryos.voxelSize : nil)
    try place.write(
      """
      network: {kind: nsn, levels: 2, base: 2}
      data: {root: data, images: images, targets: nsn, validation: "Emb02_*"}
      optimizer: {learning_rate: 0.01}
      training: {epochs: 3}
      """, to: "tiny.yaml")
  }

  /// Runs `morula` here.
  func run(_ arguments: String...) throws -> MorulaCommand.Result {
    try MorulaCommand.run(arguments, in: place)
  }

  /// The text of a file.
  func text(_ name: String) throws -> String {
    try String(contentsOfFile: place.path + "/" + name, encoding: .utf8)
  }

  /// Whether a file exists.
  func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: place.path + "/" + name)
  }
}

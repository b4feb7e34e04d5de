import Compute
import Foundation
import Networks
import Segmentation
import TestSupport
import Testing

/// The text of weights files' metadata, byte for byte: files of any version must stay readable, and
/// equal models must give equal files.
struct ModelMetadataTests {
  /// The metadata of the models that come with Morula, as they were when they were published.
  static let published: [String: [String: String]] = [
    "nsn": [
      "format": "morula", "format_version": "1",
      "architecture":
        #"{"base":12,"epsilon":1e-05,"inputs":1,"kernel":3,"levels":3,"momentum":0.03,"outputs":1}"#,
      "model": #"{"epochs":44,"gridVoxelSize":{"x":0.8,"y":0.8,"z":1.75},"kind":"nsn","#
        + #""mirrorAxes":["y"],"morulaVersion":"0.1.0","name":"nsn","output":"sigmoid","#
        + #""threshold":0.5,"trainedVoxelSize":{"x":0.8,"y":0.8,"z":1.75}}"#,
      "preprocessing": #"{"bright_volume":1000,"scaling":"robust","voxel":[0.8,0.8,1.75]}"#,
    ],
    "ndn": [
      "format": "morula", "format_version": "1",
      "architecture":
        #"{"base":8,"epsilon":1e-05,"inputs":1,"kernel":3,"levels":4,"momentum":0.1,"outputs":1}"#,
      "model": #"{"epochs":80,"gridVoxelSize":{"x":0.8,"y":0.8,"z":1.75},"kind":"ndn","#
        + #""morulaVersion":"0.1.0","name":"ndn","output":"sigmoid","threshold":0.5,"#
        + #""trainedVoxelSize":{"x":0.8,"y":0.8,"z":1.75},"validationIoU":0.44619002048405493}"#,
      "preprocessing": #"{"bright_volume":1000,"scaling":"robust","voxel":[0.8,0.8,1.75]}"#,
    ],
  ]

  @Test(arguments: ["nsn", "ndn"])
  func publishedModelsAreWrittenAsTheyWereRead(name: String) throws {
    let path = packageFolder.appending(path: "Models/\(name).safetensors").path
    let model = try Model(contentsOf: path)
    #expect(try model.metadata(file: path) == Self.published[name])
    let folder = try TestFolder()
    try model.write(to: folder.path + "/copy.safetensors", halvesWeights: true)
    #expect(
      try SHA256.digest(ofFile: folder.path + "/copy.safetensors")
        == SHA256.digest(ofFile: path))
  }

  /// Every form of the section, with the keys that apply to it alone.
  @Test(arguments: [
    #"{"scaling":"min_max","voxel":"isotropic"}"#,
    #"{"scaling":"none","size":[112,112,112],"voxel":"native"}"#,
    #"{"percentiles":[0.1,99.9],"scaling":"percentile","voxel":[0.8,0.8,0.8]}"#,
    #"{"percentiles":[1,99.5],"scaling":"percentile","voxel":[0.8,0.8,1.75]}"#,
    #"{"bright_volume":250.5,"scaling":"robust","size":[32,64,96],"voxel":"isotropic"}"#,
  ])
  func preprocessingKeepsItsText(text: String) throws {
    let decoded = try JSONDecoder().decode(Preprocessing.self, from: Data(text.utf8))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(String(decoding: try encoder.encode(decoded), as: UTF8.self) == text)
  }

  @Test(arguments: [
    #"{"scaling":"percentile","percentiles":[5,5]}"#, #"{"scaling":"log"}"#, #"{"voxel":-1}"#,
    #"{"scaling":"min_max","bright_volume":3}"#, #"{"size":[0,1,1]}"#, #"{"grid":"native"}"#,
  ])
  func impossiblePreprocessingIsRefused(text: String) {
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(Preprocessing.self, from: Data(text.utf8))
    }
  }
}

import Foundation
import Microscopy
import Testing

/// The same volumes give the same weights, whatever the format of their files.
@Suite struct FormatTrainingTests {
  /// Writes the TIFF at a path as an OME-Zarr image.
  private static func convert(_ path: String, to zarr: String) throws {
    let source = try ImageFile.open(path)
    let writer = try ZarrWriter(to: zarr)
    try writer.begin(
      .image,
      SeriesDescription(
        name: "a", frames: 1, channels: 1, extent: source.extent, type: source.type,
        calibration: source.calibration))
    try writer.append(source.samples(channel: 0, frame: 0), channel: 0, frame: 0)
    try writer.finish()
  }

  @Test("Training on TIFF and on OME-Zarr gives weights of the same bits")
  func formatsAgree() throws {
    let names = ["Emb01_t001", "Emb02_t001", "Emb03_t001"]
    let run = try TrainingRun(names)
    let overrides = ["training.epochs=2", "augmentation.rotate={probability: 1}"]
    try run.train(try run.configuration(overrides: overrides), "tiff")
    let expected = try run.result("tiff")
    #expect(expected.history.count == 3 && !expected.best.isEmpty)

    /// Trains on OME-Zarr images of these volumes under the names of the TIFFs.
    func result(_ format: String, of volumes: [String]) throws -> TrainingRun.Result {
      let folder = run.folder.path
      for kind in ["images", "nsn"] {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/\(format)/\(kind)", withIntermediateDirectories: true)
        for (name, volume) in zip(names, volumes) {
          try Self.convert(
            "\(folder)/\(kind)/\(volume).tif", to: "\(folder)/\(format)/\(kind)/\(name).zarr")
        }
      }
      let configuration = try run.configuration(
        overrides: overrides + [
          "data.images=\(folder)/\(format)/images", "data.targets=\(folder)/\(format)/nsn",
          "data.pattern=*.zarr",
        ])
      try run.train(configuration, format)
      return try run.result(format)
    }
    let zarr = try result("zarr", of: names)
    #expect(zarr.checkpoint == expected.checkpoint)
    #expect(zarr.best == expected.best)
    #expect(zarr.history == expected.history)
    #expect(zarr.position.replacing(".zarr", with: ".tif") == expected.position)
    // The comparison can fail.
    let other = try result("other", of: [names[1], names[0], names[2]])
    #expect(other.checkpoint != expected.checkpoint && other.best != expected.best)
  }
}

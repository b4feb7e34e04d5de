import Compute
import Microscopy
import Morphometry
import Networks
import Segmentation
import TestSupport
import Testing

/// Frames that are segmented part by part give the results of frames in memory, bit for bit.
@Suite struct StreamedSegmentationTests {
  /// Preprocessings of every kind, on grids that grow, shrink and stay.
  static let preprocessings: [Preprocessing] = Preprocessing.Scaling.allCases.flatMap { scaling in
    let grids: [Preprocessing.Grid] = [
      .native, .isotropic, .size(VoxelSize(x: 1.4, y: 0.8, z: 3)),
    ]
    return grids.map { grid in
      var preprocessing = Preprocessing()
      preprocessing.scaling = scaling
      preprocessing.grid = grid
      return preprocessing
    }
  }

  private static func segmenter(
    _ preprocessing: Preprocessing, tile: Extent?, mirror: Bool = false, limit: Int? = nil,
    levels: Int = 2, seed: UInt64 = 1
  ) throws -> Segmenter {
    func predictor(_ seed: UInt64) throws -> Predictor {
      var predictor = try Predictor(
        TestModel.make(
          UNetConfiguration(levels: levels, base: 2, kernel: 3), preprocessing: preprocessing,
          seed: seed))
      predictor.tile = tile
      predictor.memoryLimit = limit
      predictor.averagesMirrorImages = mirror
      return predictor
    }
    var parameters = SegmentationParameters()
    parameters.minimumVolume = 0
    parameters.minimumUncenteredVolume = 0
    parameters.foregroundThreshold = 0.5
    parameters.centerThreshold = 0.5
    return Segmenter(
      foreground: .network(try predictor(seed)), detector: try predictor(seed + 1),
      parameters: parameters)
  }

  private static func compare(_ segmenter: Segmenter, _ image: Volume<Float>) throws {
    var workspace = Workspace()
    let whole = try segmenter.segment(image, name: "v", workspace: &workspace)
    for bytes in [1, 1 << 14, 1 << 24] {
      // Boxes of parts need more than a plane.
      let streamed = try StreamedSegmentation(
        segmenter: segmenter, bytes: 1 << 24, runs: 1 << 20, slabBytes: bytes
      ).results(of: image, name: "v")
      let all = 0..<image.extent.depth
      let foreground = try #require(streamed.foregroundProbability)
      let centers = try #require(streamed.centerProbability)
      #expect(try foreground.planes(all) == whole.foregroundProbability)
      #expect(try centers.planes(all) == whole.centerProbability)
      #expect(try streamed.mask.planes(all) == whole.mask)
      #expect(try streamed.labels.planes(all) == whole.instances.labels)
      #expect(streamed.isUncentered == whole.instances.isUncentered)
      #expect(
        streamed.measurements == (try NucleusMeasurements(whole.instances.labels, image: image)))
    }
  }

  @Test(arguments: preprocessings) func preparation(preprocessing: Preprocessing) throws {
    for tile in [nil, Extent(depth: 4, height: 8, width: 8)] {
      try Self.compare(
        Self.segmenter(preprocessing, tile: tile),
        TestModel.noise(7, 19, 23, voxelSize: VoxelSize(x: 0.8, y: 0.8, z: 1.75)))
    }
  }

  @Test func mirrorImagesAndBlendedTiles() throws {
    let image = TestModel.noise(9, 42, 50, voxelSize: VoxelSize(isotropic: 1))
    for mirror in [false, true] {
      try Self.compare(
        Self.segmenter(
          TestModel.untouched, tile: Extent(depth: 4, height: 12, width: 20), mirror: mirror), image
      )
      let architecture = UNetConfiguration(levels: 3, base: 2, kernel: 3)
      let limit = architecture.activationBytes(for: Extent(depth: 12, height: 32, width: 32).axes)
      try Self.compare(
        Self.segmenter(TestModel.untouched, tile: nil, mirror: mirror, limit: limit + 1, levels: 3),
        image)
    }
  }

  /// What does not fit is said before the second network runs, which here would fail by itself.
  @Test func foregroundsThatDoNotFit() throws {
    let image = TestModel.noise(7, 19, 23, voxelSize: VoxelSize(isotropic: 1))
    let segmenter = try Self.segmenter(TestModel.untouched, tile: nil)
    guard case .network(let predictor) = segmenter.foreground else { return }
    var detector = predictor
    detector.memoryLimit = 1
    func error(_ foreground: Predictor, bytes: Int, runs: Int) -> InputError? {
      #expect(throws: InputError.self) {
        var parameters = segmenter.parameters
        parameters.foregroundThreshold = 0
        _ = try StreamedSegmentation(
          segmenter: Segmenter(
            foreground: .network(foreground), detector: detector, parameters: parameters),
          bytes: bytes, runs: runs, slabBytes: 1 << 14
        ).results(of: image, name: "v.tif")
      }
    }
    let runs = error(predictor, bytes: 1 << 24, runs: 100)
    #expect(runs?.problem.hasPrefix("has more than 100 runs") == true)
    #expect(runs?.advice == .allowMemory)
    let part = error(predictor, bytes: 1 << 14, runs: 1 << 20)
    #expect(part?.problem.hasPrefix("has a connected part") == true)
    // With room for both it is the second network that fails.
    let network = error(predictor, bytes: 1 << 24, runs: 1 << 20)
    #expect(network?.problem.hasPrefix("needs ") == true)
  }

  @Test func valuesThatAreNotFinite() throws {
    var image = TestModel.noise(7, 19, 23, voxelSize: VoxelSize(isotropic: 1))
    image[6, 3, 2] = .nan
    let error = #expect(throws: InputError.self) {
      try StreamedSegmentation(
        segmenter: Self.segmenter(TestModel.untouched, tile: nil), bytes: 1 << 20, runs: 1 << 20
      ).results(of: image, name: "v.tif")
    }
    #expect(error?.description.contains("not finite") == true)
  }
}

import Compute
import Foundation
import Microscopy
import Networks
import Segmentation
import Tensors
import TestSupport
import Testing

/// From the microscope's grid to the network's and back.
@Suite struct PredictorTests {
  static func probability(_ predictor: Predictor, _ image: Volume<Float>) throws -> Volume<Float> {
    var workspace = Workspace()
    return try predictor.probability(of: image, name: "v.tif", workspace: &workspace)
  }

  /// The network alone on the voxels of a volume.
  static func logits(_ model: Model, _ image: Volume<Float>) throws -> Tensor {
    var workspace = Workspace()
    let shape = Shape(
      batch: 1, channels: 1, depth: image.extent.depth, height: image.extent.height,
      width: image.extent.width)
    return try model.network.predict(Tensor(image.voxels, shape: shape), workspace: &workspace)
  }

  static func sigmoid(_ values: [Float]) -> [Double] {
    values.map { value in 1 / (1 + exp(-Double(value))) }
  }

  /// Finite weights may still be too large for the intensities, and raw values may not be finite.
  @Test func anOutputThatIsNoNumberIsAnError() throws {
    var model = try TestModel.make()
    model.network.forEachParameter { parameter in
      guard parameter.name.hasSuffix("convolution.0.weight") else { return }
      parameter.value = Tensor(
        parameter.value.scalars.map { $0 * 3e37 }, shape: parameter.value.shape)
    }
    let image = TestModel.noise(4, 8, 8, voxelSize: VoxelSize(isotropic: 1))
    for (model, image, problem) in [
      (model, image.map { 1e6 * $0 }, "v.tif: the network's output is NaN although"),
      (try TestModel.make(), image.map { $0 > 0.5 ? .nan : $0 }, "voxels are NaN or infinite"),
    ] {
      var predictor = try Predictor(model)
      predictor.isRaw = true
      let error = try #require(throws: InputError.self) {
        try Self.probability(predictor, image)
      }
      #expect(error.description.contains(problem), "\(error)")
    }
  }

  @Test func returnsToTheNativeGrid() throws {
    let image = TestModel.noise(7, 12, 11, voxelSize: VoxelSize(x: 0.8, y: 0.8, z: 1.75))
      .map { 1000 + 300 * $0 }
    for grid in [
      Preprocessing.Grid.isotropic, .size(VoxelSize(x: 0.5, y: 0.9, z: 1.1)), .native,
    ] {
      var preprocessing = Preprocessing()
      preprocessing.grid = grid
      let model = try TestModel.make(preprocessing: preprocessing)
      let result = try Self.probability(Predictor(model), image)
      #expect(result.extent == image.extent && result.voxelSize == image.voxelSize)
      // The steps, one by one.
      var prepared = try image.scaled(by: .minMax)
      switch grid {
      case .isotropic: prepared = try prepared.resampled(to: VoxelSize(isotropic: 0.8))
      case .size(let size):
        prepared = try prepared.smoothedForShrinking(to: size).resampled(to: size)
      case .native: break
      }
      #expect((prepared.extent != image.extent) == (grid != .native))
      let onGrid = Volume(
        Self.sigmoid(try Self.logits(model, prepared).scalars).map { Float($0) },
        extent: prepared.extent)
      let expected = grid == .native ? onGrid : onGrid.resampled(to: image.extent)
      #expect(largestDifference(result.voxels, expected.voxels) < 1e-6)
      // Gain and offset of the microscope do not matter.
      let brighter = try Self.probability(Predictor(model), image.map { 4 * $0 + 2048 })
      #expect(largestDifference(brighter.voxels, result.voxels) < 1e-3)
    }
  }

  /// The grid is the model's, not that of the volume's finest edge: training saw nuclei of that
  /// size.
  @Test func theGridIsTheModels() throws {
    let model = try TestModel.make(gridVoxelSize: VoxelSize(isotropic: 1))
    let image = TestModel.noise(8, 10, 12, voxelSize: VoxelSize(isotropic: 0.5))
    let prepared = try image.scaled(by: .minMax)
      .smoothedForShrinking(to: VoxelSize(isotropic: 1)).resampled(to: VoxelSize(isotropic: 1))
    #expect(prepared.extent == Extent(depth: 4, height: 5, width: 6))
    let expected = Volume(
      Self.sigmoid(try Self.logits(model, prepared).scalars).map { Float($0) },
      extent: prepared.extent
    ).resampled(to: image.extent)
    let found = try Self.probability(Predictor(model), image)
    #expect(largestDifference(found.voxels, expected.voxels) < 1e-6)
  }

  @Test func rawValuesGoStraightToTheNetwork() throws {
    let model = try TestModel.make()
    let image = TestModel.noise(5, 9, 8).map { 3 * $0 - 1 }
    var predictor = try Predictor(model)
    predictor.isRaw = true
    let found = try Self.probability(predictor, image)
    #expect(found.voxelSize == nil && found.extent == image.extent)
    let expected = Self.sigmoid(try Self.logits(model, image).scalars)
    #expect(largestDifference(found.voxels.map(Double.init), expected) < 1e-6)
    // Calibration changes only the voxel size of the result.
    var calibrated = image
    calibrated.voxelSize = VoxelSize(x: 0.8, y: 0.8, z: 2)
    let other = try Self.probability(predictor, calibrated)
    #expect(other.voxels == found.voxels && other.voxelSize == calibrated.voxelSize)
  }

  @Test func anUnknownVoxelSizeIsAnError() throws {
    let image = TestModel.noise(5, 6, 7)
    let model = try TestModel.make()
    #expect(
      throws: InputError(
        "v.tif",
        "does not state its voxel size, which the model needs", advice: .stateVoxelSizeOrUseRaw)
    ) { try Self.probability(Predictor(model), image) }
    // A model of native grids needs none.
    let native = try TestModel.make(preprocessing: TestModel.untouched, gridVoxelSize: nil)
    #expect(try Self.probability(Predictor(native), image).voxelSize == nil)
    var broken = image
    broken.voxelSize = VoxelSize(isotropic: 0.8)
    broken[1, 2, 3] = .infinity
    let error = #expect(throws: InputError.self) {
      try Self.probability(Predictor(model), broken)
    }
    #expect(error?.description.hasPrefix("v.tif: 1 voxel is NaN or infinite") == true)
  }

  @Test func softmax() throws {
    let model = try TestModel.make(output: .softmax, preprocessing: TestModel.untouched)
    let image = TestModel.noise(5, 9, 8)
    let found = try Self.probability(Predictor(model), image)
    let logits = try Self.logits(model, image).scalars
    let voxels = image.extent.count
    #expect(logits.count == 2 * voxels)
    let expected = (0..<voxels).map { voxel -> Double in
      let (background, foreground) = (Double(logits[voxel]), Double(logits[voxels + voxel]))
      return exp(foreground) / (exp(background) + exp(foreground))
    }
    #expect(largestDifference(found.voxels.map(Double.init), expected) < 1e-6)
    #expect(Set(found.voxels).count > 20)
  }

  /// With the volume's own statistics running ones do not matter, and the result differs.
  @Test func batchStatistics() throws {
    var model = try TestModel.make(preprocessing: TestModel.untouched)
    let image = TestModel.noise(6, 8, 10)
    let running = try Self.probability(Predictor(model), image)
    model.network.inferenceStatistics = .batch
    let batch = try Self.probability(Predictor(model), image)
    #expect(largestDifference(batch.voxels, running.voxels) > 0.01)
    var other = model
    other.network.forEachBuffer { $0.value = Tensor(repeating: 3, shape: $0.value.shape) }
    #expect(try Self.probability(Predictor(other), image).voxels == batch.voxels)
    // As in training, which normalizes by the batch's statistics.
    var workspace = Workspace()
    var training = model.network
    let shape = Shape(batch: 1, channels: 1, depth: 6, height: 8, width: 10)
    let (logits, _) = try training.forward(
      Tensor(image.voxels, shape: shape), workspace: &workspace)
    #expect(
      largestDifference(batch.voxels.map(Double.init), Self.sigmoid(logits.scalars)) < 1e-5)
  }

  @Test func anyNumberOfThreads() throws {
    let model = try TestModel.make(
      UNetConfiguration(levels: 3, base: 4, kernel: 3), preprocessing: TestModel.untouched)
    let image = TestModel.noise(9, 33, 34)
    for tile in [nil, Extent(depth: 9, height: 16, width: 16)] {
      var predictor = try Predictor(model)
      predictor.tile = tile
      #expect(
        try isEqualForAnyThreadCount { try Self.probability(predictor, image).voxels })
    }
  }

  @Test func filesAreListed() throws {
    let folder = try TestFolder()
    for name in ["t10.tif", "t2.TIFF", "t1.ome.tif", "notes.txt", ".t3.tif"] {
      try folder.write(to: "stacks/" + name)
    }
    try folder.write(to: "empty/notes.txt")
    let files = try VolumeFiles.list([folder.path + "/stacks"])
    #expect(files.map(\.stem) == ["t1", "t2", "t10"])
    #expect(try VolumeFiles.list([folder.path + "/stacks/notes.txt"]).map(\.stem) == ["notes"])
    for (arguments, problem) in [
      (["/absent"], "/absent: there is no such file or folder"),
      (["/empty"], "/empty: the folder holds no TIFF (*.tif, *.tiff) and no OME-Zarr (*.zarr)"),
      (
        ["/stacks", "/stacks/t2.TIFF"],
        "/stacks/t2.TIFF: would give a result of the same name as \(folder.path)/stacks/t2.TIFF; "
          + "give them different outputs"
      ),
    ] {
      let error = #expect(throws: InputError.self) {
        try VolumeFiles.list(arguments.map { folder.path + $0 })
      }
      #expect(error?.description == folder.path + problem)
    }
    // A result never replaces its input.
    let error = #expect(throws: InputError.self) {
      try VolumeFiles.prepare(folder: folder.path + "/empty/../stacks", besides: files)
    }
    #expect(
      error?.description
        == "\(folder.path)/stacks/t10.tif: would be replaced by a result; choose another "
        + "output")
  }
}

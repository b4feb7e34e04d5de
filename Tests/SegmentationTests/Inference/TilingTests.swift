import Compute
import Foundation
import Microscopy
import Networks
import Segmentation
import Tensors
import TestSupport
import Testing

/// Tiles give the same results as the whole volume.
@Suite struct TilingTests {
  /// Batch 1, so every voxel is the same sum of the same products; only the blocking of GEMM
  /// differs. Each of at most 4 · levels layers may round a sum of k³ · channels terms differently,
  /// and batch normalization keeps activations near 1; the probability's slope is at most 1/4.
  static func bound(_ architecture: UNetConfiguration) -> Double {
    let terms = architecture.kernel * architecture.kernel * architecture.kernel
    let widest = terms * architecture.base << (architecture.levels + 1)
    return Double(4 * architecture.levels) * Tolerance.sum(terms: widest, magnitude: 4)
  }

  static let networks = [
    UNetConfiguration(levels: 3, base: 2, kernel: 3),
    UNetConfiguration(levels: 2, base: 2, kernel: 5),
    UNetConfiguration(levels: 1, base: 3, kernel: 5),
  ]

  @Test(arguments: networks)
  func tilesEqualTheWhole(architecture: UNetConfiguration) throws {
    let model = try TestModel.make(architecture, preprocessing: TestModel.untouched)
    var workspace = Workspace()
    // Odd sizes, one so thin that its padding mirrors more than once, tiles that are not multiples.
    let cases: [((Int, Int, Int), Extent)] = [
      ((9, 41, 67), Extent(depth: 4, height: 9, width: 13)),
      ((1, 30, 61), Extent(depth: 64, height: 12, width: 1)),
      ((2, 3, 90), Extent(depth: 1, height: 2, width: 30)),
      ((11, 64, 33), Extent(depth: 11, height: 17, width: 33)),
    ]
    for (extent, tile) in cases {
      let image = TestModel.noise(extent.0, extent.1, extent.2)
      var predictor = try Predictor(model)
      let whole = try predictor.probability(of: image, name: "v", workspace: &workspace)
      #expect(try predictor.plan(for: image.extent, name: "v").tiles.count == 1)
      // The network itself, without a predictor.
      let logits = try model.network.predict(
        Tensor(
          image.voxels,
          shape: Shape(
            batch: 1, channels: 1, depth: extent.0, height: extent.1, width: extent.2)),
        workspace: &workspace)
      #expect(
        largestDifference(
          whole.voxels.map(Double.init), PredictorTests.sigmoid(logits.scalars)) < 1e-6)

      predictor.tile = tile
      #expect(try predictor.plan(for: image.extent, name: "v").tiles.count > 2)
      let tiled = try predictor.probability(of: image, name: "v", workspace: &workspace)
      #expect(tiled.extent == image.extent)
      let difference = largestDifference(tiled.voxels, whole.voxels)
      #expect(difference <= Self.bound(architecture), "\(extent), \(tile): \(difference)")
    }
  }

  @Test func coresCoverTheVolumeOnce() throws {
    var generator = SeededGenerator(seed: 3, stream: 1)
    for _ in 0..<50 {
      let architecture = UNetConfiguration(
        levels: Int.random(in: 1...3, using: &generator), base: 1, kernel: 3)
      func edges(_ limit: Int) -> Extent {
        Extent(
          depth: .random(in: 1...limit, using: &generator),
          height: .random(in: 1...limit, using: &generator),
          width: .random(in: 1...limit, using: &generator))
      }
      let volume = edges(24)
      let plan = TilePlan(volume: volume, core: edges(20), architecture: architecture)
      var seen = Volume(repeating: 0, extent: volume)
      for tile in plan.tiles {
        #expect(tile.core.isInside(volume))
        for axis in Axis.allCases {
          let (core, input) = (tile.core.origin[axis], tile.input.origin[axis])
          #expect(input <= core && input >= 0)
          #expect(core + tile.core.extent[axis] <= input + tile.input.extent[axis])
          #expect(input.isMultiple(of: architecture.multiple))
          #expect(tile.input.extent[axis].isMultiple(of: architecture.multiple))
        }
        for z in 0..<tile.core.extent.depth {
          for y in 0..<tile.core.extent.height {
            for x in 0..<tile.core.extent.width {
              seen[tile.core.origin.z + z, tile.core.origin.y + y, tile.core.origin.x + x] += 1
            }
          }
        }
      }
      #expect(seen.voxels.allSatisfy { $0 == 1 })
    }
  }

  /// Blended tiles cover every voxel, overlap by a quarter of their edge at least, and fit.
  @Test func blendedTilesOverlap() {
    var generator = SeededGenerator(seed: 4, stream: 1)
    for _ in 0..<50 {
      let architecture = UNetConfiguration(
        levels: Int.random(in: 1...4, using: &generator), base: 1, kernel: 3)
      func edges(_ limit: Int) -> Extent {
        Extent(
          depth: .random(in: 1...limit, using: &generator),
          height: .random(in: 1...limit, using: &generator),
          width: .random(in: 1...limit, using: &generator))
      }
      let volume = edges(90)
      let plan = TilePlan(volume: volume, blendedEdge: edges(40), architecture: architecture)
      for axis in Axis.allCases {
        let inputs = Set(plan.tiles.map { $0.input.origin[axis] }).sorted()
        let edge = plan.tiles[0].input.extent[axis]
        #expect(inputs.first == 0)
        #expect((inputs.last ?? 0) + edge >= volume[axis])
        #expect((inputs.last ?? 0) + edge < volume[axis] + architecture.multiple)
        // The network halves tiles of one or two multiples no finer than this.
        let overlap = edge - max(architecture.multiple, edge * 3 / 4)
        for (start, next) in zip(inputs, inputs.dropFirst()) {
          #expect(start + edge - next >= overlap)
        }
      }
      for tile in plan.tiles {
        #expect(tile.core.isInside(volume) && tile.core.origin == tile.input.origin)
        for axis in Axis.allCases {
          #expect(tile.input.extent[axis].isMultiple(of: architecture.multiple))
          #expect(tile.input.origin[axis].isMultiple(of: architecture.multiple))
        }
      }
    }
  }

  /// Where the network sees far beyond a tile, blended tiles stay close to the whole volume, and
  /// where it sees nothing but the voxel itself, they equal it.
  @Test func blendedTilesAreAnAverage() throws {
    let image = TestModel.noise(9, 50, 67)
    var workspace = Workspace()
    for architecture in [
      UNetConfiguration(levels: 1, base: 2, kernel: 1),
      UNetConfiguration(levels: 3, base: 2, kernel: 5),
    ] {
      let model = try TestModel.make(architecture, preprocessing: TestModel.untouched)
      var predictor = try Predictor(model)
      let whole = try predictor.probability(of: image, name: "v", workspace: &workspace)
      // Too little memory for exact tiles of this reach, enough for blended ones.
      predictor.memoryLimit = architecture.activationBytes(for: SpatialAxes(12, 32, 32)) + 1
      let plan = try predictor.plan(for: image.extent, name: "v")
      #expect(plan.joining == .blended || architecture.kernel == 1)
      let tiled = try predictor.probability(of: image, name: "v", workspace: &workspace)
      let mean =
        zip(tiled.voxels, whole.voxels).reduce(0.0) { $0 + Double(abs($1.0 - $1.1)) }
        / Double(image.extent.count)
      let spread = (whole.voxels.max() ?? 0) - (whole.voxels.min() ?? 0)
      let limit = architecture.kernel == 1 ? Self.bound(architecture) : 0.1 * Double(spread)
      #expect(mean <= limit, "\(architecture.kernel): \(mean) of \(spread)")
    }
  }

  /// The average over mirror images is itself mirrored when the volume is.
  @Test func mirrorImagesAreAveraged() throws {
    for depth in [6, 1] {
      let image = TestModel.noise(depth, 8, 10)
      let model = try TestModel.make(
        UNetConfiguration(levels: 2, base: 2, kernel: 3), preprocessing: TestModel.untouched)
      var workspace = Workspace()
      var predictor = try Predictor(model)
      let plain = try predictor.probability(of: image, name: "v", workspace: &workspace)
      predictor.averagesMirrorImages = true
      let average = try predictor.probability(of: image, name: "v", workspace: &workspace)
      #expect(largestDifference(average.voxels, plain.voxels) > 1e-4)
      for axis in Axis.allCases {
        let mirrored = try predictor.probability(
          of: image.flipped(along: axis), name: "v", workspace: &workspace)
        #expect(
          largestDifference(mirrored.flipped(along: axis).voxels, average.voxels)
            <= Self.bound(model.network.configuration))
      }
    }
  }

  /// Mirror images are averaged only along axes that training mirrored.
  @Test func mirrorImagesOfKnownAxes() throws {
    let image = TestModel.noise(6, 8, 10)
    var model = try TestModel.make(
      UNetConfiguration(levels: 2, base: 2, kernel: 3), preprocessing: TestModel.untouched)
    model.description.mirrorAxes = [.y]
    var workspace = Workspace()
    var predictor = try Predictor(model)
    let plain = try predictor.probability(of: image, name: "v", workspace: &workspace)
    let mirrored = try predictor.probability(
      of: image.flipped(along: .y), name: "v", workspace: &workspace
    ).flipped(along: .y)
    predictor.averagesMirrorImages = true
    let average = try predictor.probability(of: image, name: "v", workspace: &workspace)
    #expect(average.voxels == zip(plain.voxels, mirrored.voxels).map { ($0 + $1) / 2 })
    #expect(largestDifference(plain.voxels, mirrored.voxels) > 1e-4)
  }

  @Test func memoryDecides() throws {
    let architecture = UNetConfiguration(levels: 2, base: 2, kernel: 3)
    let model = try TestModel.make(architecture, preprocessing: TestModel.untouched)
    let image = TestModel.noise(30, 70, 51)
    var predictor = try Predictor(model)
    var workspace = Workspace()
    let whole = try predictor.probability(of: image, name: "v", workspace: &workspace)
    let needed = architecture.activationBytes(for: SpatialAxes(30, 70, 51))
    predictor.memoryLimit = needed
    #expect(try predictor.plan(for: image.extent, name: "v").tiles.count == 1)
    for share in [2, 3] {
      predictor.memoryLimit = needed / share
      let plan = try predictor.plan(for: image.extent, name: "v")
      #expect(plan.joining == .exact && plan.tiles.count >= share)
      #expect(plan.activationBytes(architecture) <= needed / share)
      let tiled = try predictor.probability(of: image, name: "v", workspace: &workspace)
      let difference = largestDifference(tiled.voxels, whole.voxels)
      #expect(difference <= Self.bound(architecture))
    }
    predictor.memoryLimit = 1000
    let error = #expect(throws: InputError.self) {
      try predictor.plan(for: image.extent, name: "v.tif")
    }
    #expect(error?.description.hasPrefix("v.tif: needs ") == true)
    #expect(error?.problem.hasSuffix("1.0 kB are allowed") == true && error?.advice == .allowMemory)
  }
}

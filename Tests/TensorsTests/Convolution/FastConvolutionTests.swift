import Compute
import Tensors
import TestSupport
import Testing

/// Every algorithm, forced, against the Double reference over random sizes: one-voxel axes, odd
/// extents, channels off the vector width, any padding, several samples.
@Suite struct FastConvolutionTests {
  /// Tiles that together cover none to three transformed axes, and 4, 6 and 8 points.
  static let tiles: [SpatialAxes] = [
    1, [2, 1, 1], [1, 2, 1], [1, 4, 1], [4, 1, 1], [2, 2, 1], [4, 4, 1], [2, 4, 1], [6, 6, 1],
    [4, 6, 1], [3, 3, 1], [5, 5, 1], [7, 7, 1], [1, 1, 2], [1, 1, 4], [1, 4, 3], [2, 1, 6],
    [2, 2, 2], [4, 4, 4], [3, 2, 5], [4, 6, 7],
  ]

  /// A random convolution of stride 1 that a tile fits.
  static func random(seed: Int, tile: SpatialAxes) throws -> RandomConvolution {
    var generator = SeededGenerator(seed: 47, stream: UInt64(seed))
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    func kernel(_ outputs: Int) -> Int {
      // 4, 6 or 8 points; any window on axes without a transform.
      let fitting =
        outputs == 1 ? Array(1...5) : [5, 7, 9].map { $0 - outputs }.filter { $0 > 1 && $0 < 8 }
      return fitting.randomElement(using: &generator)!
    }
    while true {
      let taps = SpatialAxes(kernel(tile.depth), kernel(tile.height), kernel(tile.width))
      let padding = SpatialAxes(
        draw(0...taps.depth), draw(0...taps.height), draw(0...taps.width))
      let geometry = try ConvolutionGeometry(kernel: taps, padding: padding)
      let extents = SpatialAxes(draw(1...11), draw(1...11), draw(1...37))
      guard (try? geometry.output(for: extents)) != nil else { continue }
      return try RandomConvolution(
        geometry, batch: draw(1...2), inputs: draw(1...20), outputs: draw(1...35),
        extents: extents, generator: &generator)
    }
  }

  /// How much larger than those of direct sums the rounding errors of a tile may be: the largest
  /// sum of magnitudes that meets in one output, measured against the products that belong there.
  static func amplification(_ tile: SpatialAxes, _ geometry: ConvolutionGeometry) -> Double {
    func along(_ outputs: Int, _ kernel: Int) -> Double {
      outputs == 1 ? 1 : FastTransformMatrices(outputs: outputs, kernel: kernel).amplification
    }
    return along(tile.depth, geometry.kernel.depth) * along(tile.height, geometry.kernel.height)
      * along(tile.width, geometry.kernel.width)
  }

  @Test(arguments: tiles.indices, 0..<6) func tileEqualsReference(index: Int, seed: Int) throws {
    let tile = Self.tiles[index]
    let example = try Self.random(seed: index * 100 + seed, tile: tile)
    let algorithm: ConvolutionAlgorithm = tile == 1 ? .direct : .transforms(tile)
    #expect(example.takes(algorithm))
    var workspace = Workspace()
    let errors = try ConvolutionPlanner.$requested.withValue(algorithm) {
      try example.errors(workspace: &workspace)
    }
    let bound = Self.amplification(tile, example.geometry)
    #expect(
      errors.max()! <= bound, "\(algorithm), \(example.geometry), \(example.input.shape): \(errors)"
    )
  }

  @Test(arguments: tiles.indices) func sameBitsForAnyThreadCount(index: Int) throws {
    let tile = Self.tiles[index]
    let example = try Self.random(seed: 7000 + index, tile: tile)
    let algorithm: ConvolutionAlgorithm = tile == 1 ? .direct : .transforms(tile)
    let isEqual = try isEqualForAnyThreadCount {
      var workspace = Workspace()
      let results = try ConvolutionPlanner.$requested.withValue(algorithm) {
        try example.run(workspace: &workspace)
      }
      return [results.output.bits, results.inputGradient.bits, results.weightGradient.bits]
    }
    #expect(isEqual)
  }

  /// Widths that are cut into parts, blocks that stack units along z, and more output channels than
  /// are computed at a time.
  @Test(arguments: [
    (2, 3, SpatialAxes(3, 5, 331)), (3, 150, SpatialAxes(9, 9, 9)), (40, 7, SpatialAxes(17, 4, 5)),
    (5, 33, SpatialAxes(1, 1, 200)), (17, 16, SpatialAxes(33, 2, 2)),
    // Weights so large that panels are transformed where they are used, from parts of the inputs.
    (204, 210, SpatialAxes(3, 4, 6)),
    // Points of the inputs in parts that do not divide the channels.
    (100, 3, SpatialAxes(6, 12, 160)),
  ])
  func largeSizesEqualIm2col(inputs: Int, outputs: Int, extents: SpatialAxes) throws {
    var generator = SeededGenerator(seed: 53, stream: UInt64(inputs))
    let example = try RandomConvolution(
      .same(kernel: 3), batch: 1, inputs: inputs, outputs: outputs, extents: extents,
      generator: &generator)
    var workspace = Workspace()
    for tile: SpatialAxes in [1, [4, 1, 1], [4, 4, 1], [6, 6, 1], [2, 4, 4], [6, 6, 6]] {
      let errors = try ConvolutionPlanner.$requested.withValue(
        tile == 1 ? .direct : .transforms(tile)
      ) { try example.errors(workspace: &workspace) }
      #expect(errors.max()! <= Self.amplification(tile, example.geometry), "\(tile): \(errors)")
    }
  }

  /// Prepared convolutions fuse bias and ReLU, and write slabs of planes from slabs of planes.
  @Test(arguments: 0..<20) func slabsEqualTheWhole(seed: Int) throws {
    var generator = SeededGenerator(seed: 59, stream: UInt64(seed))
    let extents = SpatialAxes(
      Int.random(in: 6...13, using: &generator), Int.random(in: 3...9, using: &generator),
      Int.random(in: 3...20, using: &generator))
    let kernel = [3, 5].randomElement(using: &generator)!
    let example = try RandomConvolution(
      .same(kernel: kernel), batch: 2, inputs: 5, outputs: 13, extents: extents,
      generator: &generator)
    let prepared = try PreparedConvolution(
      weight: example.weight, bias: example.bias, geometry: example.geometry, relu: true)
    var workspace = Workspace()
    let (a, b) = try Channels.split(example.input, at: 2)
    let whole = try prepared(ChannelStack([a, b]), workspace: &workspace)
    let reference = try ReferenceConvolution.forward(
      example.input, weight: example.weight, bias: example.bias, geometry: example.geometry)
    let scale = reference.map(abs).max()!
    #expect(largestDifference(whole, reference.map { max(0, $0) }) <= 1e-5 * scale)
    var slabs = Tensor(zeros: whole.shape)
    let cut = extents.depth / 2
    for planes in [0..<cut, cut..<extents.depth] {
      let held =
        max(0, planes.lowerBound - kernel / 2)..<min(extents.depth, planes.upperBound + kernel / 2)
      let parts = [
        ChannelStack.Part(a), ChannelStack.Part(b.planes(held), firstPlane: held.lowerBound),
      ]
      try prepared(parts, planes: planes, into: &slabs, workspace: &workspace)
    }
    #expect(largestDifference(slabs, reference.map { max(0, $0) }) <= 1e-5 * scale)
  }

  @Test func algorithmsHaveNames() {
    for algorithm: ConvolutionAlgorithm in [.im2col, .direct, .transforms([4, 4, 1])] {
      #expect(ConvolutionAlgorithm(algorithm.description) == algorithm)
    }
    for name in ["", "fast", "fast-", "fast-4x4", "fast-1x1x1", "fast-4x4x9", "winograd"] {
      #expect(ConvolutionAlgorithm(name) == nil)
    }
  }

  /// Geometries that an algorithm does not support are computed by im2col.
  @Test func stridesFallBack() throws {
    let geometry = try ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)
    let problem = try ConvolutionProblem(
      geometry: geometry, inputChannels: 4, outputChannels: 4, extents: 9)
    let plan = ConvolutionPlanner.$requested.withValue(.transforms([4, 4, 1])) {
      ConvolutionPlanner.plan(problem)
    }
    #expect(plan.algorithm == .im2col)
    #expect(ConvolutionPlanner.plan(problem, algorithm: .direct) == nil)
  }
}

extension RandomConvolution {
  func takes(_ algorithm: ConvolutionAlgorithm) -> Bool {
    let problem = try? ConvolutionProblem(
      geometry: geometry, inputChannels: weight.shape[1], outputChannels: weight.shape[0],
      extents: input.shape.extents)
    return problem.flatMap { ConvolutionPlanner.plan($0, algorithm: algorithm) } != nil
  }
}

import Compute
import Microscopy
import Networks
import TestSupport
import Testing
import Training

/// Every augmentation against NumPy, SciPy or its formula.
@Suite struct AugmentationTests {
  typealias A = AugmentationConfiguration

  static func fixture(_ name: String) throws -> SafeTensors {
    try Fixture.load("augmentation/\(name)", bundle: .module)
  }

  static func volume(_ file: SafeTensors, _ name: String) throws -> Volume<Float> {
    let tensor = try file.tensor(name)
    let d = tensor.shape.dimensions
    return Volume(tensor.scalars, extent: Extent(depth: d[0], height: d[1], width: d[2]))
  }

  /// A smooth sample of positive intensities.
  static func sample(_ extent: Extent = Extent(depth: 5, height: 8, width: 8)) -> Sample {
    var generator = SeededGenerator(seed: 9)
    let image = Volume(
      (0..<extent.count).map { _ in Float(generator.uniform()) }, extent: extent)
    return Sample(name: "s", image: image, target: image.map { $0 > 0.6 ? 1 : 0 })
  }

  // MARK: Orientation

  @Test func flipsAndTurns() throws {
    let file = try Self.fixture("orientation")
    let image = try Self.volume(file, "image")
    let start = Sample(name: "s", image: image, target: image.map { $0 * 2 })
    func check(_ name: String, _ change: (inout Sample) -> Void) throws {
      var sample = start
      change(&sample)
      let expected = try Self.volume(file, name)
      #expect(sample.image.extent == expected.extent)
      #expect(sample.image.voxels == expected.voxels)
      #expect(sample.target.voxels == expected.voxels.map { $0 * 2 })
    }
    try check("flip_z") { $0.flip(along: .z) }
    try check("flip_y") { $0.flip(along: .y) }
    try check("flip_x") { $0.flip(along: .x) }
    for turns in 1...3 { try check("turn_\(turns)") { $0.turn(quarters: turns) } }
  }

  @Test func studyFlips() {
    let start = Self.sample()
    let expected: [(Sample) -> Sample] = [
      { $0 },
      { s in
        var s = s; s.flip(along: .x); return s
      },
      { s in
        var s = s; s.flip(along: .y); return s
      },
      { s in
        var s = s; s.flip(along: .x); s.flip(along: .y); return s
      },
    ]
    for variant in 0..<4 {
      var sample = start
      A.Flips.study(variant: variant, &sample)
      #expect(sample.image.voxels == expected[variant](start).image.voxels)
      #expect(sample.target.voxels == expected[variant](start).target.voxels)
    }
  }

  /// A flip of each axis is drawn on its own: all eight results appear, each as often.
  @Test func flipsAreIndependent() {
    var flips = A.RandomFlips()
    flips.axes = [.x, .y, .z]
    flips.probability = 0.5
    var generator = SeededGenerator(seed: 4)
    var counts: [[Float]: Int] = [:]
    let start = Self.sample(Extent(depth: 2, height: 2, width: 2))
    for _ in 0..<1600 {
      var sample = start
      flips.apply(to: &sample, using: &generator)
      counts[sample.image.voxels, default: 0] += 1
    }
    #expect(counts.count == 8)
    // 200 expected, standard deviation √(1600 · 7/64) = 13.2; five of them.
    #expect(counts.values.allSatisfy { abs($0 - 200) < 66 })
  }

  @Test func turnsKeepTheGrid() {
    var turn = A.Rotate90()
    turn.probability = 1
    var generator = SeededGenerator(seed: 4)
    func results(_ start: Sample) -> Set<[Float]> {
      Set(
        (0..<40).map { _ in
          var sample = start
          turn.apply(to: &sample, using: &generator)
          #expect(sample.image.extent == start.image.extent)
          return sample.image.voxels
        })
    }
    #expect(results(Self.sample()).count == 3)
    #expect(results(Self.sample(Extent(depth: 2, height: 3, width: 4))).count == 1)
    var uneven = Self.sample()
    uneven.image.voxelSize = VoxelSize(x: 1, y: 2, z: 1)
    #expect(results(uneven).count == 1)
  }

  // MARK: Geometry

  /// Linear interpolation in float32 of values up to 1: three mixes of three roundings.
  static let warpTolerance = 9 * Double(Float.ulpOfOne)

  static func check(_ sample: Sample, _ file: SafeTensors) throws {
    let warped = try file.tensor("warped").scalars
    let probability = try file.tensor("probability").scalars
    // Coordinates carry float32 controls exactly; the weights are rounded to float32.
    #expect(largestDifference(sample.image.voxels, warped) < Self.warpTolerance)
    var near = 0
    for i in probability.indices {
      if abs(probability[i] - 0.5) < 1e-5 {
        near += 1
      } else {
        #expect(sample.target.voxels[i] == (probability[i] > 0.5 ? 1 : 0))
      }
    }
    #expect(near < probability.count / 20)
    #expect(sample.target.voxels.contains(1) && sample.target.voxels.contains(0))
  }

  static func prepared(_ file: SafeTensors, _ size: VoxelSize) throws -> PreparedVolume {
    var image = try volume(file, "image")
    image.voxelSize = size
    return PreparedVolume(
      name: "p", image: image, target: try volume(file, "mask").map { Int8($0) })
  }

  @Test func rotationAndScaleOfAnisotropicVoxels() throws {
    let file = try Self.fixture("affine")
    let volume = try Self.prepared(file, VoxelSize(x: 0.8, y: 0.8, z: 1.75))
    var transform = SpatialTransform()
    transform.apply(linear: A.Rotate.matrix(degrees: 20, aboutY: 7, aboutX: -5))
    let inverse = 1 / 1.1
    transform.apply(linear: [[inverse, 0, 0], [0, inverse, 0], [0, 0, inverse]])
    let window = Window(origin: .zero, extent: volume.extent)
    try Self.check(volume.sample(in: window, through: transform), file)
  }

  @Test func elasticWithRotationOnAWindow() throws {
    let file = try Self.fixture("elastic")
    let volume = try Self.prepared(file, VoxelSize(x: 0.8, y: 0.8, z: 0.8))
    let controls = try file.tensor("controls")
    let d = controls.shape.dimensions
    let count = d[1] * d[2] * d[3]
    let values = controls.scalars.map(Double.init)
    var transform = SpatialTransform()
    transform.apply(linear: A.Rotate.matrix(degrees: -35))
    transform.apply(linear: [[1 / 0.9, 0, 0], [0, 1 / 0.9, 0], [0, 0, 1 / 0.9]])
    transform.displacement = DisplacementField(
      spacing: [4, 5, 6], extent: Extent(depth: d[1], height: d[2], width: d[3]),
      controls: (0..<3).map { Array(values[$0 * count..<($0 + 1) * count]) })
    let window = Window(
      origin: VoxelIndex(z: -2, y: 6, x: -3), extent: Extent(depth: 8, height: 10, width: 12))
    try Self.check(volume.sample(in: window, through: transform), file)
  }

  /// Quarter turns by interpolation equal quarter turns by index.
  @Test func rotationTurnsLikeRotate90() throws {
    let file = try Self.fixture("orientation")
    let image = try Self.volume(file, "image").cropped(
      origin: .zero, extent: Extent(depth: 9, height: 13, width: 13))
    let volume = PreparedVolume(name: "p", image: image, target: image.map { $0 > 0.5 ? 1 : 0 })
    let window = Window(origin: .zero, extent: image.extent)
    var transform = SpatialTransform()
    transform.apply(linear: A.Rotate.matrix(degrees: 90))
    let turned = volume.sample(in: window, through: transform).image.voxels
    // cos 90° is 6e-17, so points are off by 1e-15 and values by an ulp.
    let matches = [1, 3].filter {
      largestDifference(turned, image.rotated(quarterTurns: $0).voxels) < 1e-6
    }
    #expect(matches == [1])
  }

  @Test func displacementHasTheMagnitudeAsked() {
    var generator = SeededGenerator(seed: 8)
    let extent = Extent(depth: 40, height: 40, width: 40)
    var squares = 0.0
    var count = 0
    for _ in 0..<60 {
      let field = DisplacementField(
        covering: extent, spacing: [8, 8, 8], magnitude: [2, 2, 2], using: &generator)
      var transform = SpatialTransform()
      transform.displacement = field
      // The displacement itself, seen on a ramp far from the border.
      let ramp = Volume(
        (0..<extent.count).map { Float($0 % 40) }, extent: extent)
      let volume = PreparedVolume(name: "p", image: ramp, target: ramp.map { _ in 0 })
      let window = Window(
        origin: VoxelIndex(z: 12, y: 12, x: 12), extent: Extent(depth: 16, height: 16, width: 16))
      let sample = volume.sample(in: window, through: transform)
      for i in sample.image.voxels.indices {
        let displacement = Double(sample.image.voxels[i]) - Double(12 + i % 16)
        squares += displacement * displacement
        count += 1
      }
    }
    // About 5³ independent controls in each of 60 fields: a relative standard error below
    // √(2/(60 · 27)) = 3.5 % of the square, so 1.8 % of the root; four of them.
    #expect(abs((squares / Double(count)).squareRoot() / 2 - 1) < 0.07)
  }

  @Test func identityCopies() {
    let start = Self.sample()
    let volume = PreparedVolume(
      name: "p", image: start.image, target: start.target.map { Int8($0) })
    let window = Window(origin: .zero, extent: volume.extent)
    let copy = volume.sample(in: window, through: SpatialTransform())
    #expect(copy.image.voxels == start.image.voxels && copy.target.voxels == start.target.voxels)
    // And an interpolated identity gives the same bits.
    var transform = SpatialTransform()
    transform.displacement = DisplacementField(
      spacing: [8, 8, 8], extent: Extent(depth: 4, height: 4, width: 4),
      controls: Array(repeating: Array(repeating: 0, count: 64), count: 3))
    let interpolated = volume.sample(in: window, through: transform)
    #expect(interpolated.image.voxels == start.image.voxels)
    #expect(interpolated.target.voxels == start.target.voxels)
  }

  @Test func ignoredVoxelsSpreadToWhatTheyTouch() {
    let extent = Extent(depth: 3, height: 5, width: 7)
    var target = Volume<Int8>(repeating: 0, extent: extent)
    target[1, 2, 3] = -1
    let volume = PreparedVolume(
      name: "p", image: Volume(repeating: 0, extent: extent), target: target)
    var transform = SpatialTransform()
    // A quarter of a voxel along x: voxels 2.25 and 3.25 take from 3.
    transform.displacement = DisplacementField(
      spacing: [100, 100, 100], extent: Extent(depth: 4, height: 4, width: 4),
      controls: [0, 0, 0.25].map { Array(repeating: $0, count: 64) })
    let sample = volume.sample(in: Window(origin: .zero, extent: extent), through: transform)
    let ignored = sample.target.voxels.indices.filter { sample.target.voxels[$0] < 0 }
    #expect(ignored == [(1 * 5 + 2) * 7 + 2, (1 * 5 + 2) * 7 + 3])
  }

  @Test func drawnAnglesAndFactorsStayInRange() {
    var generator = SeededGenerator(seed: 6)
    var rotate = A.Rotate()
    rotate.probability = 1
    rotate.degrees = 20
    var scale = A.Scale()
    scale.probability = 1
    scale.range = 0.8...1.25
    var largest = 0.0
    var factors: [Double] = []
    for _ in 0..<500 {
      var transform = SpatialTransform()
      rotate.apply(to: &transform, using: &generator)
      #expect(transform.matrix[0] == [1, 0, 0])
      largest = max(largest, abs(transform.matrix[1][2]))
      var scaled = SpatialTransform()
      scale.apply(to: &scaled, using: &generator)
      factors.append(1 / scaled.matrix[0][0])
    }
    // sin 20° = 0.342.
    #expect(largest <= 0.3421 && largest > 0.33)
    #expect((factors.min() ?? 0) >= 0.7999 && (factors.max() ?? 9) <= 1.2501)
    #expect((factors.min() ?? 9) < 0.81 && (factors.max() ?? 0) > 1.235)
  }
}

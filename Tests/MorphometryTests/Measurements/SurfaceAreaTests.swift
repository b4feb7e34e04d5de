import Compute
import Microscopy
import Morphometry
import Testing

/// The surface area against the analytic one of spheres and ellipsoids, digitized with random
/// orientations and offsets. docs/measurements.md has the errors that are found here.
@Suite struct SurfaceAreaTests {
  /// One row of the table: the mean error and the largest one, in percent.
  struct Row: CustomTestStringConvertible {
    let voxelSize: VoxelSize
    /// The radius in µm of the ball of the same volume.
    let radius: Double
    /// The semi-axes over each other.
    let shape: [Double]
    let bias: Double
    let largest: Double
    var testDescription: String { "\(voxelSize), radius \(radius), \(shape)" }

    init(
      _ voxelSize: VoxelSize, _ radius: Double, _ shape: [Double], bias: Double, largest: Double
    ) {
      self.voxelSize = voxelSize
      self.radius = radius
      self.shape = shape
      self.bias = bias
      self.largest = largest
    }
  }

  static let cube = VoxelSize(isotropic: 1)
  static let bbbc050 = VoxelSize(x: 0.8, y: 0.8, z: 1.75)
  static let test = VoxelSize(x: 0.8, y: 0.8, z: 2)
  static let sphere = [1.0, 1, 1]
  static let disk = [1, 1, 0.6]
  static let rod = [1, 0.6, 0.6]
  static let long = [1, 0.5, 0.33]

  static let rows = [
    Row(cube, 5, sphere, bias: 1, largest: 3), Row(cube, 5, disk, bias: 1.3, largest: 4),
    Row(cube, 5, rod, bias: 1.3, largest: 3), Row(cube, 5, long, bias: 1.5, largest: 4),
    Row(cube, 10, sphere, bias: 0.4, largest: 1), Row(cube, 10, long, bias: 0.6, largest: 1.5),
    Row(bbbc050, 4, sphere, bias: 2.5, largest: 10), Row(bbbc050, 4, rod, bias: 2.5, largest: 8),
    Row(bbbc050, 6, sphere, bias: 1.3, largest: 5), Row(bbbc050, 6, disk, bias: 1.5, largest: 5),
    Row(bbbc050, 6, rod, bias: 1.5, largest: 4), Row(bbbc050, 6, long, bias: 1.5, largest: 4),
    Row(bbbc050, 9, sphere, bias: 0.7, largest: 2), Row(bbbc050, 9, long, bias: 1, largest: 3),
    Row(test, 6, sphere, bias: 1.5, largest: 5), Row(test, 6, disk, bias: 1.5, largest: 5),
    Row(test, 6, long, bias: 2, largest: 6), Row(test, 9, sphere, bias: 0.8, largest: 3),
  ]

  @Test(arguments: rows) func errors(row: Row) throws {
    let volume = row.shape.reduce(1, *)
    var scale = row.radius
    // Radius / ∛volume, by Newton.
    var root = 1.0
    for _ in 0..<60 { root = (2 * root + volume / (root * root)) / 3 }
    scale /= root
    let semiAxes = row.shape.map { $0 * scale }
    let area = Digitized.area(semiAxes: semiAxes)
    var generator = SeededGenerator(seed: 29)
    let errors = try (0..<40).map { _ in
      let labels = Digitized.ellipsoid(
        semiAxes: semiAxes, voxelSize: row.voxelSize, using: &generator)
      let nucleus = try #require(try NucleusMeasurements(labels).nuclei.first)
      return 100 * (nucleus.surfaceArea / area - 1)
    }
    let mean = errors.reduce(0, +) / Double(errors.count)
    let largest = errors.map(abs).max() ?? 0
    #expect(abs(mean) < row.bias && largest < row.largest, "\(mean) %, at most \(largest) %")
  }

  /// Weights without the bound at 0 would give a lone voxel a negative area where edges differ a
  /// lot.
  @Test func areasArePositiveAtAnySampling() throws {
    for size in [
      VoxelSize(x: 1, y: 1, z: 20), VoxelSize(x: 0.1, y: 1, z: 1), VoxelSize(x: 1, y: 2, z: 3),
    ] {
      let labels = LabelVolume([1], extent: Extent(depth: 1, height: 1, width: 1), voxelSize: size)
      let area = try #require(try NucleusMeasurements(labels).nuclei.first).surfaceArea
      #expect(area > 0, "\(size)")
    }
  }

  /// A large ball has the exact area in any sampling: no direction is preferred on the whole.
  @Test(arguments: [(1.0, 1.0, 3.0), (1.0, 2.0, 3.0), (2.0, 0.7, 0.7)])
  func convergence(x: Double, y: Double, z: Double) throws {
    var generator = SeededGenerator(seed: 3)
    let labels = Digitized.ellipsoid(
      semiAxes: [30, 30, 30], voxelSize: VoxelSize(x: x, y: y, z: z), using: &generator)
    let area = try #require(try NucleusMeasurements(labels).nuclei.first).surfaceArea
    #expect(abs(area / (4 * .pi * 900) - 1) < 0.006)
  }
}

import Compute
import Microscopy
import TestSupport
import Testing

@Suite("Intensity scaling")
struct ScalingTests {
  @Test("min–max brings intensities to 0…1")
  func minMax() throws {
    let input = try Fixture.reference("resampling-input")
    let (low, high) = (input.voxels.min()!, input.voxels.max()!)
    let scaled = try input.scaled(by: .minMax)
    #expect(scaled.voxels == input.voxels.map { ($0 - low) / (high - low) })
    #expect(scaled.voxels.min() == 0)
    #expect(scaled.voxels.max() == 1)
    #expect(try input.scaled(by: .none) == input)
  }

  @Test("percentiles equal NumPy's")
  func percentiles() throws {
    let input = try Fixture.reference("resampling-input")
    let expected = try Fixture.reference("percentiles").voxels
    let found = input.percentiles([0, 1, 25, 50, 99.8, 100])
    for (a, b) in zip(found, expected) {
      #expect(abs(a - Double(b)) <= Tolerance.ulp * abs(Double(b)) * 2)
    }
    let scaled = try input.scaled(by: .percentile(low: 25, high: 99.8, clamped: false))
    let clamped = try input.scaled(by: .percentile(low: 25, high: 99.8, clamped: true))
    let (low, high) = (Float(found[2]), Float(found[4]))
    #expect(scaled.voxels == input.voxels.map { ($0 - low) / (high - low) })
    #expect(clamped.voxels == scaled.voxels.map { max(0, min(1, $0)) })
    #expect(clamped.voxels.contains(0) && clamped.voxels.contains(1))
    #expect(scaled.voxels.contains { $0 < 0 } && scaled.voxels.contains { $0 > 1 })
  }

  @Test("a constant volume becomes zeros")
  func constant() throws {
    let volume = Volume<Float>(repeating: 7, extent: Extent(depth: 2, height: 3, width: 5))
    for scaling in [
      IntensityScaling.minMax, .percentile(low: 1, high: 99, clamped: true),
    ] {
      #expect(try volume.scaled(by: scaling).voxels.allSatisfy { $0 == 0 })
    }
    let empty = Volume<Float>([], extent: Extent(depth: 0, height: 3, width: 5))
    #expect(try empty.scaled(by: .minMax).voxels.isEmpty)
  }

  @Test("NaN and infinity are refused with their place", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) {
    var volume = Volume<Float>(repeating: 7, extent: Extent(depth: 2, height: 3, width: 50))
    for place in [0, 13, 49] {
      volume[1, 2, place] = value
    }
    let expected = VolumeError.notFinite(count: 3, first: VoxelIndex(z: 1, y: 2, x: 0))
    #expect(throws: expected) { try volume.scaled(by: .minMax) }
    #expect(throws: expected) { try volume.scaled(by: .none) }
    #expect(
      expected.description
        == "3 voxels are NaN or infinite, the first at (1, 2, 0) (z, y, x): "
        + "replace them by finite intensities")
  }

  @Test("impossible percentiles are refused")
  func impossible() {
    let volume = Volume<Float>(repeating: 7, extent: Extent(depth: 1, height: 1, width: 2))
    for (low, high) in [(-1.0, 50.0), (50, 50), (60, 40), (0, 101), (.nan, 3)] {
      #expect(throws: VolumeError.self) {
        try volume.scaled(by: .percentile(low: low, high: high, clamped: false))
      }
    }
  }

  /// A dim field with noise and one ball.
  static func ball(
    extent: Extent = Extent(depth: 24, height: 48, width: 48), radius: Double = 8,
    noise: Double = 0
  ) -> Volume<Float> {
    let size = VoxelSize(isotropic: 1)
    var generator = SeededGenerator(seed: 3)
    var volume = Volume<Float>(repeating: 100, extent: extent, voxelSize: size)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          let offsets = [z - extent.depth / 2, y - 20, x - 20].map(Double.init)
          let isInside = offsets.reduce(0) { $0 + $1 * $1 } <= radius * radius
          volume[z, y, x] = Float((isInside ? 500 : 100) + noise * generator.normal())
        }
      }
    }
    return volume
  }

  static func mean(_ scaled: Volume<Float>, inside: Bool) -> Double {
    let truth = ball(extent: scaled.extent)
    let chosen = zip(scaled.voxels, truth.voxels).filter { ($0.1 > 300) == inside }.map(\.0)
    return chosen.reduce(0) { $0 + Double($1) } / Double(chosen.count)
  }

  @Test("robust scaling: background 0 and nuclei 1, whatever gain, offset, noise and hot pixels")
  func robust() throws {
    let clean = try Self.ball().scaled(by: .robust(RobustScaling()))
    #expect(abs(Self.mean(clean, inside: false)) < 0.01)
    #expect(abs(Self.mean(clean, inside: true) - 1) < 0.1)
    // An affine change leaves nothing but rounding.
    let brighter = try Self.ball().map { 5 * $0 + 1850 }.scaled(by: .robust(RobustScaling()))
    #expect(zip(clean.voxels, brighter.voxels).allSatisfy { abs($0 - $1) < 1e-5 })
    // SNR 2.
    let noisy = try Self.ball(noise: 200).scaled(by: .robust(RobustScaling()))
    #expect(abs(Self.mean(noisy, inside: false)) < 0.1)
    #expect(abs(Self.mean(noisy, inside: true) - 1) < 0.15)
    // Hot pixels, at the same place of every plane.
    var hot = Self.ball()
    for z in 0..<hot.extent.depth {
      for place in stride(from: 3, to: 48, by: 9) { hot[z, place, 45 - place / 2] = 65535 }
    }
    let cleaned = try hot.scaled(by: .robust(RobustScaling()))
    #expect(zip(clean.voxels, cleaned.voxels).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test("robust scaling does not depend on the size of the field")
  func field() throws {
    let near = try Self.ball().scaled(by: .robust(RobustScaling()))
    let far = try Self.ball(extent: Extent(depth: 24, height: 400, width: 400))
      .scaled(by: .robust(RobustScaling()))
    #expect(near[12, 20, 20] == far[12, 20, 20])
    // Where a percentile would call the whole ball brighter than the range.
    let percentile = IntensityScaling.percentile(low: 1, high: 99.9, clamped: false)
    #expect(try Self.ball().scaled(by: percentile)[12, 20, 20] == 1)
    #expect(far.voxels.max()! <= 1.5 && far.voxels.min()! >= -0.5)
  }

  @Test("robust scaling needs the voxel size and takes any field")
  func robustLimits() throws {
    let unknown = Volume<Float>(repeating: 7, extent: Extent(depth: 2, height: 3, width: 5))
    #expect(throws: VolumeError.unknownVoxelSize) {
      try unknown.scaled(by: .robust(RobustScaling()))
    }
    for extent in [Extent(depth: 1, height: 1, width: 1), Extent(depth: 2, height: 1, width: 7)] {
      var volume = Volume<Float>(
        repeating: 7, extent: extent, voxelSize: VoxelSize(x: 0.2, y: 0.2, z: 9))
      #expect(try volume.scaled(by: .robust(RobustScaling())).voxels.allSatisfy { $0 == 0 })
      volume[0, 0, 0] = 100
      #expect(try volume.scaled(by: .robust(RobustScaling())).voxels.allSatisfy(\.isFinite))
    }
  }

  @Test("conservative smoothing equals the definition")
  func conservativeSmoothing() throws {
    let input = try Fixture.reference("resampling-input")
    let result = input.conservativelySmoothed()
    let extent = input.extent
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          var neighbors: [Float] = []
          for dy in -1...1 {
            for dx in -1...1 where (dy, dx) != (0, 0) {
              let (ny, nx) = (y + dy, x + dx)
              if ny >= 0, ny < extent.height, nx >= 0, nx < extent.width {
                neighbors.append(input[z, ny, nx])
              }
            }
          }
          let expected = min(max(input[z, y, x], neighbors.min()!), neighbors.max()!)
          #expect(result[z, y, x] == expected)
        }
      }
    }
  }
}

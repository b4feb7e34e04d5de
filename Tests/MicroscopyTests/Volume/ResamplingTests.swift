import Compute
import Microscopy
import TestSupport
import Testing

@Suite("Linear resampling")
struct ResamplingTests {
  @Test(
    "equals SciPy's zoom with grid_mode and nearest edges",
    arguments: [
      Extent(depth: 13, height: 9, width: 11), Extent(depth: 6, height: 20, width: 11),
      Extent(depth: 6, height: 9, width: 4), Extent(depth: 13, height: 20, width: 25),
      Extent(depth: 3, height: 4, width: 5), Extent(depth: 1, height: 1, width: 1),
      Extent(depth: 7, height: 8, width: 12),
    ])
  func reference(extent: Extent) throws {
    let input = try Fixture.reference("resampling-input")
    let name = "resampling-\(extent.depth)x\(extent.height)x\(extent.width)"
    let expected = try Fixture.reference(name)
    let result = input.resampled(to: extent)
    #expect(result.extent == extent)
    // Three interpolations of values below 4, each with a rounded weight and three rounded
    // operations.
    let bound = 3 * 4 * Tolerance.ulp * 2 * 4
    #expect(largestDifference(result.voxels, expected.voxels) <= bound)
  }

  @Test("shrinking smooths by (factor − 1)/2 voxels, growing not at all")
  func smoothing() throws {
    var volume = try Fixture.reference("resampling-input")
    volume.voxelSize = VoxelSize(x: 0.2, y: 0.3, z: 1)
    let size = VoxelSize(x: 0.8, y: 0.3, z: 0.5)
    #expect(
      try volume.smoothedForShrinking(to: size)
        == volume.gaussianFiltered(sigma: GaussianSigma(z: 0, y: 0, x: 1.5)))
    #expect(
      try volume.smoothedForShrinking(to: VoxelSize(x: 0.1, y: 0.3, z: 0.7)) == volume)
    // Noise of a fine grid is averaged, not picked from.
    var generator = SeededGenerator(seed: 1)
    let noise = Volume(
      (0..<32 * 32 * 32).map { _ in Float(generator.normal()) },
      extent: Extent(depth: 32, height: 32, width: 32), voxelSize: VoxelSize(isotropic: 0.25))
    let coarse = VoxelSize(isotropic: 1)
    let shrunk = try noise.smoothedForShrinking(to: coarse).resampled(to: coarse)
    let variance = shrunk.voxels.reduce(0) { $0 + $1 * $1 } / Float(shrunk.voxels.count)
    // Linear interpolation alone leaves 1/8; a Gaussian of σ leaves 1 / (8 π^1.5 σ³).
    #expect(variance < 1.3 / (8 * 5.568 * 3.375))
    #expect(throws: VolumeError.unknownVoxelSize) {
      try Fixture.reference("resampling-input").smoothedForShrinking(to: coarse)
    }
  }

  @Test("keeps the field of view and reports the true voxel size")
  func voxelSize() throws {
    let volume = Volume<Float>(
      repeating: 3, extent: Extent(depth: 51, height: 124, width: 127),
      voxelSize: VoxelSize(x: 0.8, y: 0.8, z: 1.75))
    let cubic = try volume.resampled(toIsotropic: nil)
    #expect(cubic.extent == Extent(depth: 112, height: 124, width: 127))
    #expect(cubic.voxelSize == VoxelSize(x: 0.8, y: 0.8, z: 51 * 1.75 / 112))
    #expect(cubic.voxels.allSatisfy { $0 == 3 })
    let back = cubic.resampled(to: volume.extent)
    #expect(back.voxels == volume.voxels)
    #expect(abs(back.voxelSize!.z - 1.75) < 1e-12)
    let coarse = try volume.resampled(to: VoxelSize(x: 1.6, y: 1000, z: 1.75))
    #expect(coarse.extent == Extent(depth: 51, height: 1, width: 64))
  }

  @Test("needs a voxel size that makes sense")
  func errors() {
    let extent = Extent(depth: 2, height: 2, width: 2)
    let bare = Volume<Float>(repeating: 0, extent: extent)
    #expect(throws: VolumeError.unknownVoxelSize) { try bare.resampled(toIsotropic: 1) }
    var volume = bare
    volume.voxelSize = VoxelSize(isotropic: 1)
    let zero = VoxelSize(x: 1, y: 0, z: 1)
    #expect(throws: VolumeError.invalidVoxelSize(zero)) { try volume.resampled(to: zero) }
    #expect(throws: VolumeError.self) { try volume.resampled(toIsotropic: 1e-9) }
    #expect(
      VolumeError.unknownVoxelSize.description
        == "the voxel size is unknown: state it in µm as x, y, z, or save it in the file")
  }

  @Test("the same bits for any number of threads")
  func threads() {
    var generator = SeededGenerator(seed: 7)
    let extent = Extent(depth: 20, height: 70, width: 90)
    let volume = Volume(
      (0..<extent.count).map { _ in Float.random(in: -1...1, using: &generator) }, extent: extent)
    let target = Extent(depth: 45, height: 61, width: 111)
    let one = Parallel.$threads.withValue(1) { volume.resampled(to: target) }
    let three = Parallel.$threads.withValue(3) { volume.resampled(to: target) }
    #expect(one == three)
  }

  @Test("a mask keeps its size: resampled as probabilities, thresholded at one half")
  func masks() throws {
    // A ball of radius 10 voxels in 40³, made flatter or taller and back.
    let extent = Extent(depth: 40, height: 40, width: 40)
    var ball = Volume(repeating: false, extent: extent)
    for z in 0..<40 {
      for y in 0..<40 {
        for x in 0..<40 {
          let (dz, dy, dx) = (Double(z) - 19.5, Double(y) - 19.5, Double(x) - 19.5)
          ball[z, y, x] = dz * dz + dy * dy + dx * dx <= 100
        }
      }
    }
    // Thresholding above 0 would add about a plane at either pole: 10 to 20 %.
    let before = Double(ball.voxels.count { $0 })
    for depth in [17, 26, 63, 80] {
      let other = ball.resampled(to: Extent(depth: depth, height: 40, width: 40))
      let back = other.resampled(to: extent)
      #expect(abs(Double(other.voxels.count { $0 }) * 40 / Double(depth) / before - 1) < 0.06)
      #expect(abs(Double(back.voxels.count { $0 }) / before - 1) < 0.06)
    }
    #expect(ball.resampled(to: extent) == ball)
  }
}

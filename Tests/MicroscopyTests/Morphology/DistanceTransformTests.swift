import Microscopy
import TestSupport
import Testing

@Suite("Distance transform")
struct DistanceTransformTests {
  @Test(
    "equals SciPy's, voxel by voxel",
    arguments: [
      "sparse", "dense", "blobs", "touching", "lone_background", "lone_foreground", "plane",
      "column", "row", "sheet", "line", "empty",
    ])
  func reference(name: String) throws {
    let file = try MorphologyFixture("distance")
    let sampling = try file.numbers("\(name).sampling")
    let size = VoxelSize(x: sampling[2], y: sampling[1], z: sampling[0])
    let expected = try file.volume("\(name).distance")
    let result = try file.mask("\(name).mask").distanceTransform(voxelSize: size)
    #expect(result.extent == expected.extent)
    #expect(result.voxelSize == size)
    // Both are float64 results rounded to float32; their sums run in another order, so that a
    // result half way between two float32 numbers may round to the other one.
    for (a, b) in zip(result.voxels, expected.voxels) { #expect(a == b || abs(a - b) <= a.ulp) }
    #expect(zip(result.voxels, expected.voxels).count { $0 != $1 } <= expected.voxels.count / 1000)
  }

  @Test("equals the nearest background voxel of all")
  func brute() {
    var random = RandomVolumes(seed: 1)
    for density in [0.3, 0.7, 0.95, 0.995] {
      for _ in 0..<12 {
        let mask = random.mask(random.extent(upTo: 9), density: density)
        let size = random.voxelSize()
        let background = mask.places.filter { !mask[$0] }
        let result = mask.distanceTransform(voxelSize: size)
        for place in mask.places {
          let squared = background.map { $0.squaredDistance(to: place, voxelSize: size) }.min()
          let expected = Float((squared ?? .infinity).squareRoot())
          #expect(result[place] == expected || abs(result[place] - expected) <= expected.ulp)
        }
      }
    }
  }

  @Test("without background every distance is infinite")
  func full() {
    let mask = Volume(repeating: true, extent: Extent(depth: 3, height: 4, width: 5))
    let result = mask.distanceTransform(voxelSize: VoxelSize(isotropic: 1))
    #expect(result.voxels.allSatisfy { $0 == .infinity })
    let nothing = Volume<Bool>([], extent: Extent(depth: 0, height: 4, width: 5))
    #expect(nothing.distanceTransform(voxelSize: VoxelSize(isotropic: 1)).voxels.isEmpty)
  }

  @Test("scales with the voxel")
  func scaling() {
    var random = RandomVolumes(seed: 2)
    let mask = random.mask(Extent(depth: 8, height: 9, width: 10), density: 0.9)
    let one = mask.distanceTransform(voxelSize: VoxelSize(x: 0.5, y: 0.75, z: 2))
    let two = mask.distanceTransform(voxelSize: VoxelSize(x: 1, y: 1.5, z: 4))
    #expect(two.voxels == one.voxels.map { 2 * $0 })
  }

  @Test func sameBitsForAnyThreadCount() {
    var random = RandomVolumes(seed: 3)
    let mask = random.mask(Extent(depth: 17, height: 40, width: 50), density: 0.98)
    let results = onSeveralThreads {
      mask.distanceTransform(voxelSize: VoxelSize(x: 0.8, y: 0.7, z: 1.75))
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }
}

import Microscopy
import TestSupport
import Testing

@Suite("Local maxima")
struct LocalMaximaTests {
  @Test(
    "equal scikit-image's, in its order, on cubic voxels",
    arguments: ["rough", "smooth", "plane"], [1, 2, 3, 4])
  func reference(name: String, radius: Int) throws {
    let file = try MorphologyFixture("maxima")
    let image = try file.volume("\(name).image")
    // The same in voxels of 0.6 µm; slightly more, since 0.6 · 3 is not exactly 1.8.
    let size = VoxelSize(isotropic: 0.6)
    let length = 0.6 * Double(radius) * (1 + 1e-9)
    let found = image.localMaxima(radius: length, voxelSize: size, threshold: 0.4)
    #expect(found == (try file.places("\(name).peaks_\(radius)")))
    let labels = try file.labels("\(name).labels")
    let labeled = image.localMaxima(
      radius: length, voxelSize: size, threshold: 0.4, labels: labels)
    // scikit-image treats each label separately.
    let expected = try file.places("\(name).labeled_\(radius)")
    #expect(labeled == expected.sorted { image[$0] > image[$1] })
  }

  /// The definition, computed slowly, for volumes where no two values are equal.
  private func maxima(
    _ image: Volume<Float>, radius: Double, size: VoxelSize, threshold: Float, mask: Volume<Bool>
  ) -> [VoxelIndex] {
    let inside = image.places.filter { mask[$0] }
    let greatest = inside.filter { place in
      image[place] > threshold
        && inside.allSatisfy { other in
          image[other] <= image[place]
            || other.squaredDistance(to: place, voxelSize: size) > radius * radius
        }
    }
    var taken: [VoxelIndex] = []
    for place in greatest.sorted(by: { image[$0] > image[$1] }) {
      let isFar = taken.allSatisfy {
        $0.squaredDistance(to: place, voxelSize: size) >= radius * radius
      }
      if isFar { taken.append(place) }
    }
    return taken
  }

  @Test("equal the definition on voxels that are no cubes")
  func definition() {
    var random = RandomVolumes(seed: 31)
    for _ in 0..<40 {
      let extent = random.extent(upTo: 9)
      let order = (0..<extent.count).map { Float($0) }.shuffled(using: &random.generator)
      let image = Volume(order, extent: extent)
      let mask = random.mask(extent, density: 0.7)
      let size = random.voxelSize()
      let radius = Double.random(in: 0...4, using: &random.generator)
      let threshold = Float(extent.count) * 0.3
      let found = image.localMaxima(
        radius: radius, voxelSize: size, threshold: threshold, mask: mask)
      #expect(
        found == maxima(image, radius: radius, size: size, threshold: threshold, mask: mask))
    }
  }

  @Test("a plateau is one maximum, at its middle")
  func plateaus() {
    var image = Volume<Float>(repeating: 0, extent: Extent(depth: 7, height: 9, width: 20))
    for z in 2...4 {
      for y in 2...6 {
        for x in 1...9 { image[z, y, x] = 5 }
      }
    }
    image[1, 1, 15] = 7
    image[1, 1, 16] = 7
    let found = image.localMaxima(
      radius: 2, voxelSize: VoxelSize(x: 1, y: 1, z: 2), threshold: 0)
    #expect(found == [VoxelIndex(z: 1, y: 1, x: 15), VoxelIndex(z: 3, y: 4, x: 5)])
    let flat = Volume<Float>(repeating: 1, extent: Extent(depth: 3, height: 3, width: 3))
    let one = flat.localMaxima(radius: 1, voxelSize: VoxelSize(isotropic: 1), threshold: 0)
    #expect(one == [VoxelIndex(z: 1, y: 1, x: 1)])
    #expect(flat.localMaxima(radius: 1, voxelSize: VoxelSize(isotropic: 1), threshold: 1).isEmpty)
  }

  @Test("equal heights: the first in scan order wins, and nothing is closer than the radius")
  func ties() {
    var random = RandomVolumes(seed: 32)
    for _ in 0..<20 {
      let image = random.values(random.extent(upTo: 12), levels: 5)
      let size = random.voxelSize()
      let radius = Double.random(in: 0.5...3, using: &random.generator)
      let found = image.localMaxima(radius: radius, voxelSize: size, threshold: 2)
      for (i, place) in found.enumerated() {
        #expect(image[place] > 2)
        for earlier in found[..<i] {
          #expect(earlier.squaredDistance(to: place, voxelSize: size) >= radius * radius)
          #expect(image[earlier] >= image[place])
          let isLaterInScan = (place.z, place.y, place.x) > (earlier.z, earlier.y, earlier.x)
          #expect(image[earlier] > image[place] || isLaterInScan)
        }
      }
    }
  }

  @Test func sameBitsForAnyThreadCount() {
    var random = RandomVolumes(seed: 33)
    let image = random.values(Extent(depth: 12, height: 30, width: 40), levels: 1000)
    let results = onSeveralThreads {
      image.localMaxima(radius: 3, voxelSize: VoxelSize(x: 1, y: 1, z: 2), threshold: 10)
    }
    #expect(!results[0].isEmpty)
    #expect(results.allSatisfy { $0 == results[0] })
  }
}

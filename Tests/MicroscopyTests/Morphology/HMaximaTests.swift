import Microscopy
import TestSupport
import Testing

@Suite("Maxima by their height")
struct HMaximaTests {
  @Test(
    "equal scikit-image's", arguments: ["rough", "smooth", "plane"], Connectivity.allCases)
  func reference(name: String, connectivity: Connectivity) throws {
    let file = try MorphologyFixture("maxima")
    let image = try file.volume("\(name).image")
    let rank = [Connectivity.faces: 1, .edges: 2, .corners: 3][connectivity]!
    for percent in [1, 5, 20, 50] {
      let height = Float(try file.numbers("\(name).height_\(percent)")[0])
      let found = image.hMaxima(height: height, connectivity: connectivity)
      let expected = try file.places("\(name).rising_\(percent)_\(rank)")
      #expect(found == expected.sorted { image[$0] > image[$1] })
    }
  }

  /// Whether `a` counts as higher than `b`.
  private func precedes(_ image: Volume<Float>, _ a: VoxelIndex, _ b: VoxelIndex) -> Bool {
    image[a] > image[b] || image[a] == image[b] && (a.z, a.y, a.x) < (b.z, b.y, b.x)
  }

  /// The voxels that can be reached from a voxel without leaving the mask or going down to `level`.
  private func hill(
    _ image: Volume<Float>, _ place: VoxelIndex, above level: Float, _ mask: Volume<Bool>,
    _ connectivity: Connectivity
  ) -> Set<VoxelIndex> {
    var hill: Set = [place]
    var open = [place]
    while let voxel = open.popLast() {
      for next in image.neighbors(of: voxel, connectivity)
      where mask[next] && image[next] > level && hill.insert(next).inserted {
        open.append(next)
      }
    }
    return hill
  }

  @Test("equal the definition, with plateaus and masks", arguments: Connectivity.allCases)
  func definition(connectivity: Connectivity) {
    var random = RandomVolumes(seed: 41)
    for levels in [3, 8, 1000] {
      for height in [Float(1), 2, Float(levels) / 3] {
        for _ in 0..<6 {
          let image = random.values(random.extent(upTo: 7), levels: levels)
          let mask = random.mask(image.extent, density: 0.7)
          // A maximum counts when nothing higher is on the hill that ends `height` below it; of a
          // plateau that is the first voxel.
          let expected = image.places.filter { place in
            mask[place]
              && hill(image, place, above: image[place] - height, mask, connectivity)
                .allSatisfy { !precedes(image, $0, place) }
          }.sorted { precedes(image, $0, $1) }
          let found = image.hMaxima(height: height, mask: mask, connectivity: connectivity)
          #expect(found.count == expected.count)
          for (a, b) in zip(found, expected) {
            // The result is any voxel of the same plateau.
            #expect(image[a] == image[b])
            #expect(hill(image, b, above: image[b].nextDown, mask, connectivity).contains(a))
          }
        }
      }
    }
  }

  @Test("two touching ellipsoids have two centers, however rough their surfaces")
  func ellipsoids() {
    var random = RandomVolumes(seed: 42)
    let size = VoxelSize(x: 0.8, y: 0.8, z: 1.75)
    var mask = Volume(repeating: false, extent: Extent(depth: 20, height: 40, width: 60))
    let centers = [VoxelIndex(z: 9, y: 19, x: 18), VoxelIndex(z: 10, y: 20, x: 38)]
    for place in mask.places {
      let radius = 9 + Double.random(in: -2...2, using: &random.generator)
      mask[place] = centers.contains {
        $0.squaredDistance(to: place, voxelSize: size) <= radius * radius
      }
    }
    let distance = mask.distanceTransform(voxelSize: size)
    #expect(distance.hMaxima(height: 0.01).count > 2)
    let found = distance.hMaxima(height: 1.2).sorted { $0.x < $1.x }
    #expect(found.count == 2)
    for (place, center) in zip(found, centers) {
      #expect(place.squaredDistance(to: center, voxelSize: size) < 4)
    }
  }

  @Test("empty masks, flat volumes and what is not a number")
  func extremes() {
    let extent = Extent(depth: 3, height: 3, width: 3)
    var flat = Volume<Float>(repeating: 4, extent: extent)
    #expect(flat.hMaxima(height: 1) == [VoxelIndex(z: 1, y: 1, x: 1)])
    #expect(flat.hMaxima(height: 1, mask: Volume(repeating: false, extent: extent)).isEmpty)
    flat[2, 2, 2] = .nan
    flat[0, 0, 0] = 5
    #expect(flat.hMaxima(height: 1) == [VoxelIndex(z: 0, y: 0, x: 0)])
  }
}

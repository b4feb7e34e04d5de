import Microscopy
import TestSupport
import Testing

@Suite("Gaussian smoothing")
struct GaussianTests {
  @Test(
    "equals SciPy's", arguments: ["equal", "unequal", "planes", "long"], FilterBorder.allCases)
  func reference(name: String, border: FilterBorder) throws {
    let file = try MorphologyFixture("gaussian")
    let sigma = try file.numbers("\(name).sigma")
    let image = try file.volume("image")
    let result = image.gaussianFiltered(
      sigma: GaussianSigma(z: sigma[0], y: sigma[1], x: sigma[2]), border: border)
    let expected = try file.volume("\(name).\(border.rawValue)")
    // Three sums of up to 49 products with weights that add up to 1.
    let magnitude = Double(image.voxels.max() ?? 0)
    let bound = 3 * Tolerance.sum(terms: 49, magnitude: magnitude)
    #expect(largestDifference(result.voxels, expected.voxels) <= bound)
  }

  @Test("in µm it smooths by the same length along all axes")
  func micrometers() {
    let size = VoxelSize(x: 0.5, y: 1, z: 2)
    let sigma = GaussianSigma.micrometers(1.5, voxelSize: size)
    #expect(sigma == GaussianSigma(z: 0.75, y: 1.5, x: 3))
    #expect(Axis.allCases.map { sigma[$0] } == [0.75, 1.5, 3])
    // The second moment of a smoothed point is σ² (nearly, as the kernel is cut and sampled).
    var point = Volume<Float>(repeating: 0, extent: Extent(depth: 25, height: 25, width: 41))
    point[12, 12, 20] = 1
    let spread = point.gaussianFiltered(sigma: sigma)
    for (axis, center) in [(Axis.z, 12), (.y, 12), (.x, 20)] {
      let moment = spread.places.reduce(0.0) { sum, place in
        let distance = Double(place[axis] - center) * size[axis]
        return sum + Double(spread[place]) * distance * distance
      }
      #expect(abs(moment.squareRoot() / 1.5 - 1) < 0.01)
    }
  }

  @Test("σ of 0 and axes of one voxel change nothing; constants stay")
  func extremes() {
    var random = RandomVolumes(seed: 61)
    let plane = random.values(Extent(depth: 1, height: 1, width: 9), levels: 100)
    #expect(plane.gaussianFiltered(sigma: GaussianSigma(z: 3, y: 2, x: 0)) == plane)
    let flat = Volume<Float>(repeating: 3, extent: Extent(depth: 4, height: 5, width: 6))
    for border in FilterBorder.allCases {
      let result = flat.gaussianFiltered(sigma: .voxels(2), border: border)
      #expect(result.voxels.allSatisfy { abs($0 - 3) < 1e-5 })
    }
  }

  @Test func sameBitsForAnyThreadCount() {
    var random = RandomVolumes(seed: 62)
    let image = random.values(Extent(depth: 15, height: 70, width: 80), levels: 1000)
    for border in FilterBorder.allCases {
      let results = onSeveralThreads {
        image.gaussianFiltered(sigma: GaussianSigma(z: 0.9, y: 1.6, x: 2), border: border)
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }
}

import Microscopy
import TestSupport
import Testing

@Suite("Watershed")
struct WatershedTests {
  static let cases = [
    ("levels_1", "few"), ("levels_1", "many"), ("levels_3", "few"), ("levels_3", "many"),
    ("levels_12", "few"), ("levels_12", "many"), ("levels_1000", "few"), ("levels_1000", "many"),
    ("distance", "points"), ("distance", "balls"), ("distance", "none"), ("rounded", "points"),
    ("rounded", "balls"), ("flat", "points"), ("unmasked", "points"), ("masked_out", "points"),
    ("thin", "points"),
  ]

  @Test("equals scikit-image's, label by label", arguments: cases, Connectivity.allCases)
  func reference(name: (values: String, markers: String), connectivity: Connectivity) throws {
    let file = try MorphologyFixture("watershed")
    let rank = [Connectivity.faces: 1, .edges: 2, .corners: 3][connectivity]!
    let values = try file.volume("\(name.values).values")
    let markers = try file.labels("\(name.values).\(name.markers)")
    let result = values.watershed(
      markers: markers, mask: try file.mask("\(name.values).mask"), connectivity: connectivity)
    #expect(result == (try file.labels("\(name.values).\(name.markers).\(rank)")))
  }

  /// The definition, computed slowly: of all voxels reached the lowest and, among equals, the one
  /// reached first spreads its label.
  private func flood(
    _ values: Volume<Float>, _ markers: LabelVolume, _ mask: Volume<Bool>,
    _ connectivity: Connectivity
  ) -> LabelVolume {
    var labels = LabelVolume(repeating: 0, extent: values.extent)
    var reached: [(value: Float, place: VoxelIndex)] = []
    for place in values.places where mask[place] && markers[place] != 0 {
      labels[place] = markers[place]
      reached.append((values[place], place))
    }
    while !reached.isEmpty {
      let lowest = reached.indices.min { reached[$0].value < reached[$1].value }!
      let (value, place) = reached.remove(at: lowest)
      for neighbor in values.neighbors(of: place, connectivity)
      where mask[neighbor] && labels[neighbor] == 0 {
        labels[neighbor] = labels[place]
        reached.append((max(value, values[neighbor]), neighbor))
      }
    }
    return labels
  }

  @Test("equals the definition", arguments: Connectivity.allCases)
  func definition(connectivity: Connectivity) {
    var random = RandomVolumes(seed: 11)
    for levels in [1, 2, 5, 100] {
      for _ in 0..<15 {
        let extent = random.extent(upTo: 8)
        let values = random.values(extent, levels: levels)
        let markers = random.labels(extent, density: 0.06)
        let mask = random.mask(extent, density: 0.8)
        let result = values.watershed(markers: markers, mask: mask, connectivity: connectivity)
        #expect(result == flood(values, markers, mask, connectivity))
      }
    }
  }

  @Test("every voxel that a marker can reach is labeled, and no other")
  func coverage() {
    var random = RandomVolumes(seed: 12)
    for _ in 0..<20 {
      let extent = random.extent(upTo: 12)
      let mask = random.mask(extent, density: 0.5)
      let markers = random.labels(extent, density: 0.05)
      let labels = random.values(extent, levels: 4).watershed(markers: markers, mask: mask)
      let parts = mask.connectedComponents(.faces)
      let marked = Set(mask.places.filter { mask[$0] && markers[$0] != 0 }.map { parts[$0] })
      for place in mask.places {
        #expect((labels[place] != 0) == (mask[place] && marked.contains(parts[place])))
        if mask[place], markers[place] != 0 { #expect(labels[place] == markers[place]) }
      }
    }
  }

  @Test("what is not a number floods last, infinities as numbers do")
  func notNumbers() {
    let extent = Extent(depth: 1, height: 1, width: 7)
    let values = Volume<Float>([0, .nan, 1, .infinity, 2, -.infinity, -0.0], extent: extent)
    let markers = LabelVolume([1, 0, 0, 0, 0, 0, 2], extent: extent)
    let mask = Volume(repeating: true, extent: extent)
    #expect(values.watershed(markers: markers, mask: mask).voxels == [1, 1, 2, 2, 2, 2, 2])
  }

  @Test("touching balls are split in the middle")
  func balls() {
    let extent = Extent(depth: 21, height: 21, width: 35)
    var mask = Volume(repeating: false, extent: extent)
    let centers = [VoxelIndex(z: 10, y: 10, x: 10), VoxelIndex(z: 10, y: 10, x: 24)]
    let size = VoxelSize(isotropic: 0.5)
    for place in mask.places {
      mask[place] = centers.contains { $0.squaredDistance(to: place, voxelSize: size) <= 16 }
    }
    let distance = mask.distanceTransform(voxelSize: size)
    var markers = LabelVolume(repeating: 0, extent: extent)
    for (i, center) in centers.enumerated() { markers[center] = UInt32(i + 1) }
    let labels = distance.map { -$0 }.watershed(markers: markers, mask: mask)
    for place in mask.places where mask[place] && place.x != 17 {
      #expect(labels[place] == (place.x < 17 ? 1 : 2))
    }
  }

  @Test func sameBitsForAnyThreadCount() {
    var random = RandomVolumes(seed: 13)
    let extent = Extent(depth: 20, height: 40, width: 50)
    let values = random.values(extent, levels: 50)
    let markers = random.labels(extent, density: 0.01)
    let mask = random.mask(extent, density: 0.9)
    let results = onSeveralThreads { values.watershed(markers: markers, mask: mask) }
    #expect(results.allSatisfy { $0 == results[0] })
  }
}

import Compute
import Microscopy
import TestSupport
import Testing

@Suite("Watershed of runs")
struct RunFloodTests {
  @Test("equals the watershed in the box of a part", arguments: [1, 2, 5, 1000])
  func parts(levels: Int) throws {
    var random = RandomVolumes(seed: 17)
    var count = 0
    for number in 0..<60 {
      let extent = random.extent(upTo: number < 50 ? 9 : 24)
      let values = random.values(extent, levels: levels)
      let scratch = try ScratchVolume(values, slab: 1)
      let parts = random.mask(extent, density: 0.6).connectedComponents(.faces)
      for part in 1..<1 + (parts.voxels.max() ?? 0) {
        let mask = parts.map { $0 == part }
        let chosen = random.labels(extent, density: 0.1)
        var markers = LabelVolume(repeating: 0, extent: extent)
        var places: [VoxelIndex] = []
        for place in values.places where mask[place] && chosen[place] != 0 {
          places.append(place)
        }
        // Labels in an order that is not that of the voxels.
        places.reverse()
        if places.isEmpty { continue }
        for (label, place) in places.enumerated() { markers[place] = UInt32(label + 1) }
        let whole = values.map { -$0 }.watershed(markers: markers, mask: mask)
        let (runs, ends) = try RunFlood(Self.runs(mask), of: scratch).flooded(from: places)
        var labels = LabelVolume(repeating: 0, extent: extent)
        for label in places.indices {
          for run in runs[(label == 0 ? 0 : ends[label - 1])..<ends[label]] {
            for x in run.first..<run.end {
              labels[VoxelIndex(z: Int(run.z), y: Int(run.y), x: Int(x))] = UInt32(label + 1)
            }
          }
        }
        #expect(labels == whole)
        count += 1
      }
    }
    #expect(count > 50)
  }

  private static func runs(_ mask: Volume<Bool>) -> [LabelRun] {
    var runs: [LabelRun] = []
    MaskRuns(where: mask).forEachRun { _, z, y, run in
      runs.append(LabelRun(z: z, y: y, first: Int(run.first), end: Int(run.last) + 1))
    }
    return runs
  }
}

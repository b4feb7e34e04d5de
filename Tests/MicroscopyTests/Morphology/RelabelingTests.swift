import Microscopy
import TestSupport
import Testing

@Suite("Relabeling")
struct RelabelingTests {
  @Test("labels become 1…n in the order of their centroids")
  func order() {
    var labels = LabelVolume(
      repeating: 0, extent: Extent(depth: 3, height: 4, width: 6),
      voxelSize: VoxelSize(x: 1, y: 2, z: 3))
    labels[2, 0, 0] = 5
    for x in 0..<3 { labels[0, 3, x] = 4_000_000_000 }
    labels[0, 1, 5] = 70
    labels[0, 1, 4] = 2
    #expect(labels.labelsByPosition() == [2, 70, 4_000_000_000, 5])
    let result = labels.relabeled()
    #expect(result.voxelSize == labels.voxelSize)
    #expect(result[0, 1, 4] == 1)
    #expect(result[0, 1, 5] == 2)
    #expect((0..<3).allSatisfy { result[0, 3, $0] == 3 })
    #expect(result[2, 0, 0] == 4)
    #expect(result.voxels.count { $0 != 0 } == 6)
    #expect(result.relabeled() == result)
    #expect(labels.relabeled(inOrder: [70]).voxels.enumerated().filter { $1 != 0 }.map(\.0) == [11])
  }

  @Test("does not depend on the labels before")
  func invariance() {
    var random = RandomVolumes(seed: 51)
    for _ in 0..<20 {
      let labels = random.labels(random.extent(upTo: 9), density: 0.3)
      let permuted = Array(1...9).shuffled(using: &random.generator).map { UInt32($0 * 1001) }
      let other = labels.map { $0 == 0 ? 0 : permuted[Int($0) - 1] }
      let centroids = labels.objects().map(\.centroid)
      // Equal centroids are told apart by their labels alone.
      guard Set(centroids).count == centroids.count else { continue }
      #expect(other.relabeled() == labels.relabeled())
    }
  }
}

import Microscopy
import Testing

@Suite("Connected components")
struct ComponentsTests {
  @Test("labels equal SciPy's", arguments: ["sparse", "medium", "dense"], Connectivity.allCases)
  func labels(name: String, connectivity: Connectivity) throws {
    let mask = try Fixture.reference("components-\(name)").thresholded()
    let rank = [Connectivity.faces: 1, .edges: 2, .corners: 3][connectivity]!
    let expected = try Fixture.reference("components-\(name)-\(rank)")
    #expect(mask.connectedComponents(connectivity).voxels == expected.voxels.map { UInt32($0) })
  }

  @Test("sizes and centroids equal SciPy's", arguments: ["sparse", "medium", "dense"])
  func objects(name: String) throws {
    let mask = try Fixture.reference("components-\(name)").thresholded()
    let rows = try Fixture.reference("components-\(name)-centroids")
    let objects = mask.connectedComponents(.faces).objects()
    #expect(objects.count == rows.extent.height)
    for (i, object) in objects.enumerated() {
      #expect(object.label == UInt32(i + 1))
      #expect(Float(object.voxelCount) == rows[0, i, 0])
      let centroid = object.centroid
      #expect(
        [centroid.z, centroid.y, centroid.x].map { Float($0) } == (1...3).map { rows[0, i, $0] })
    }
  }

  @Test("empty, full and hollow masks")
  func extremes() {
    let extent = Extent(depth: 5, height: 5, width: 5)
    let empty = Volume(repeating: false, extent: extent)
    #expect(empty.connectedComponents(.corners).voxels.allSatisfy { $0 == 0 })
    #expect(empty.connectedComponents(.corners).objects().isEmpty)
    let full = Volume(repeating: true, extent: extent)
    #expect(full.connectedComponents(.faces).voxels.allSatisfy { $0 == 1 })
    var shell = full
    for z in 1..<4 {
      for y in 1..<4 {
        for x in 1..<4 { shell[z, y, x] = false }
      }
    }
    shell[2, 2, 2] = true
    let labels = shell.connectedComponents(.corners)
    #expect(labels[0, 0, 0] == 1)
    #expect(labels[2, 2, 2] == 2)
    let objects = labels.objects()
    #expect(objects.map(\.voxelCount) == [98, 1])
    #expect(objects[0].centroid == VoxelPoint(z: 2, y: 2, x: 2))
  }

  @Test("a diagonal chain is one object by corners, many by faces and edges")
  func diagonal() {
    var mask = Volume(repeating: false, extent: Extent(depth: 4, height: 4, width: 4))
    for i in 0..<4 { mask[i, i, 3 - i] = true }
    #expect(mask.connectedComponents(.corners).objects().count == 1)
    #expect(mask.connectedComponents(.edges).objects().count == 4)
    #expect(mask.connectedComponents(.faces).objects().count == 4)
  }
}

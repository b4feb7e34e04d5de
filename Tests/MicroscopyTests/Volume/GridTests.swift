import Compute
import Microscopy
import Testing

@Suite("Padding, cropping, flips and quarter turns")
struct GridTests {
  @Test("mirror padding equals NumPy's reflect, beyond the extent too")
  func padding() throws {
    let input = try Fixture.reference("padding-input")
    let center = try Fixture.reference("padding-center")
    let window = Window(origin: VoxelIndex(z: -1, y: -2, x: -5), extent: center.extent)
    #expect(input.viewed(through: window, outside: .mirror).voxels == center.voxels)
    #expect(input.fitted(to: center.extent).voxels == center.voxels)
    let end = try Fixture.reference("padding-end")
    #expect(input.fitted(to: end.extent, alignment: .start).voxels == end.voxels)
    let single = input.cropped(origin: .zero, extent: Extent(depth: 1, height: 3, width: 4))
    let repeated = try Fixture.reference("padding-single")
    #expect(single.fitted(to: repeated.extent).voxels == repeated.voxels)
  }

  @Test("fitting back restores the grid", arguments: [Window.Alignment.center, .start])
  func inverse(alignment: Window.Alignment) {
    var generator = SeededGenerator(seed: 11)
    func extent() -> Extent {
      Extent(
        depth: .random(in: 1...6, using: &generator), height: .random(in: 1...6, using: &generator),
        width: .random(in: 1...6, using: &generator))
    }
    for _ in 0..<200 {
      let (source, target) = (extent(), extent())
      let volume = Volume((1...source.count).map { Float($0) }, extent: source)
      let fitted = volume.fitted(to: target, alignment: alignment)
      #expect(fitted.extent == target)
      let window = Window(fitting: target, to: source, alignment: alignment)
      let back = fitted.viewed(through: window.inverse(for: source), outside: .value(0))
      #expect(fitted.fitted(to: source, alignment: alignment, outside: .value(0)) == back)
      for i in back.voxels.indices {
        let place = volume.index(ofVoxel: i)
        let isShown = Axis.allCases.allSatisfy {
          (0..<target[$0]).contains(place[$0] - window.origin[$0])
        }
        #expect(back.voxels[i] == (isShown ? volume.voxels[i] : 0))
      }
      let padded = volume.fitted(
        to: Extent(
          depth: max(source.depth, target.depth), height: max(source.height, target.height),
          width: max(source.width, target.width)), alignment: alignment)
      #expect(padded.fitted(to: source, alignment: alignment) == volume)
    }
  }

  @Test("a crop is the box it names")
  func crop() {
    let extent = Extent(depth: 4, height: 5, width: 6)
    let volume = Volume(
      (0..<extent.count).map { UInt16($0) }, extent: extent, voxelSize: VoxelSize(isotropic: 2))
    let crop = volume.cropped(
      origin: VoxelIndex(z: 1, y: 2, x: 3), extent: Extent(depth: 2, height: 3, width: 2))
    for z in 0..<2 {
      for y in 0..<3 {
        for x in 0..<2 { #expect(crop[z, y, x] == volume[z + 1, y + 2, x + 3]) }
      }
    }
    #expect(crop.voxelSize == volume.voxelSize)
  }

  @Test("flips equal NumPy's", arguments: Axis.allCases)
  func flips(axis: Axis) throws {
    let input = try Fixture.reference("padding-input")
    let flipped = input.flipped(along: axis)
    #expect(flipped.voxels == (try Fixture.reference("flip-\(axis)")).voxels)
    #expect(flipped.flipped(along: axis) == input)
  }

  @Test("quarter turns equal NumPy's rot90", arguments: [1, 2, 3])
  func rotations(turns: Int) throws {
    var input = try Fixture.reference("padding-input")
    input.voxelSize = VoxelSize(x: 1, y: 2, z: 3)
    let rotated = input.rotated(quarterTurns: turns)
    let expected = try Fixture.reference("rotation-\(turns)")
    #expect(rotated.extent == expected.extent)
    #expect(rotated.voxels == expected.voxels)
    #expect(
      rotated.voxelSize == (turns == 2 ? input.voxelSize : VoxelSize(x: 2, y: 1, z: 3)))
    #expect(rotated.rotated(quarterTurns: -turns) == input)
    #expect(input.rotated(quarterTurns: 4) == input)
  }
}

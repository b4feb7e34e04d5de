import Microscopy
import Morphometry
import Testing

/// Foreground intersection over union from boxes whose overlap is known.
@Suite struct ForegroundOverlapTests {
  private let extent = Extent(depth: 4, height: 8, width: 10)

  /// A box over the whole of z and y, columns `columns`.
  private func slab(_ columns: Range<Int>) -> Volume<Bool> {
    var volume = Volume(repeating: false, extent: extent)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in columns { volume[z, y, x] = true }
      }
    }
    return volume
  }

  /// Slabs of width w shifted by s overlap in w − s columns of w + s.
  @Test(arguments: 0...5) func shiftedSlabs(shift: Int) {
    let overlap = ForegroundOverlap(prediction: slab(shift..<shift + 4), truth: slab(0..<4))
    let common = max(0, 4 - shift)
    #expect(overlap.truePositives == common * 32)
    #expect(overlap.falsePositives == (4 - common) * 32)
    #expect(overlap.falseNegatives == (4 - common) * 32)
    #expect(overlap.intersectionOverUnion == Double(common) / Double(8 - common))
    #expect(
      slab(0..<4).intersectionOverUnion(with: slab(shift..<shift + 4))
        == overlap.intersectionOverUnion)
  }

  @Test func emptyForegrounds() {
    let (empty, some) = (slab(0..<0), slab(2..<5))
    #expect(empty.intersectionOverUnion(with: empty) == 1)
    #expect(empty.intersectionOverUnion(with: some) == 0)
    #expect(some.intersectionOverUnion(with: empty) == 0)
  }

  @Test func countsOfVolumesAdd() {
    let a = ForegroundOverlap(prediction: slab(0..<4), truth: slab(2..<6))
    let b = ForegroundOverlap(prediction: slab(0..<2), truth: slab(0..<3))
    #expect((a + b).truePositives == a.truePositives + b.truePositives)
    #expect(a + b - b == a)
    #expect(a + .zero == a)
  }
}

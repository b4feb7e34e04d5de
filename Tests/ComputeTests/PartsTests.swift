import Compute
import Testing

/// Round-ups, parts and shares of counts.
@Suite struct PartsTests {
  @Test func roundUpsAreTheSmallestMultiples() {
    for count in 0...70 {
      for size in 1...17 {
        let rounded = count.roundedUp(to: size)
        #expect(rounded.isMultiple(of: size) && rounded >= count && rounded - count < size)
        #expect(count.parts(of: size) * size == rounded)
      }
    }
  }

  /// Shares follow each other, cover everything, and differ by at most one.
  @Test func sharesCoverEverythingEvenly() {
    for total in 0...40 {
      for count in 1...9 {
        let shares = (0..<count).map { total.share($0, of: count) }
        #expect(shares.flatMap(Array.init) == Array(0..<total))
        let sizes = shares.map(\.count)
        #expect(sizes.max()! - sizes.min()! <= 1)
      }
    }
  }
}

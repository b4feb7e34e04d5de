/// Which granules of an arena are in use, and which free ones hold pages: the bookkeeping of
/// `MemoryPool`, without any memory.
package struct PageLedger {
  private enum Granule { case clean, dirty, used }

  private var granules: [Granule]
  /// Granules in use, and free ones that hold pages.
  package private(set) var used = 0
  package private(set) var dirty = 0
  /// The most that were ever in use.
  package private(set) var mostUsed = 0

  /// An arena of `count` granules, all free and without pages.
  package init(count: Int) { granules = Array(repeating: .clean, count: count) }

  /// The most that is held where `mostUsed` were in use at once, of granules or of bytes: 17/16.
  package static func mostHeld(_ mostUsed: Int) -> Int { mostUsed + mostUsed / 16 }

  /// Free granules with pages beyond what the pool keeps.
  package var surplus: Int { max(0, used + dirty - Self.mostHeld(mostUsed)) }

  /// The granules, in use or free.
  package var count: Int { granules.count }

  /// Free granules at the end.
  package var freeAtEnd: Int { granules.reversed().prefix { $0 != .used }.count }

  /// Adds granules at the end, free and without pages.
  package mutating func grow(by count: Int) {
    granules += Array(repeating: .clean, count: count)
  }

  /// `count` neighboring granules, now in use; nil where there is no such gap.
  ///
  /// Of all gaps the place that takes the fewest pages from the system, then the smallest gap, then
  /// the first. - Complexity: O(granules).
  package mutating func take(_ count: Int) -> Int? {
    var best: (start: Int, clean: Int, gap: Int)?
    var start = 0
    while start < granules.count {
      guard granules[start] != .used else {
        start += 1
        continue
      }
      var end = start
      while end < granules.count, granules[end] != .used { end += 1 }
      let gap = end - start
      if gap >= count {
        for first in [start, end - count] {
          let clean = granules[first..<first + count].count { $0 == .clean }
          if best.map({ (clean, gap) < ($0.clean, $0.gap) }) ?? true { best = (first, clean, gap) }
        }
      }
      start = end
    }
    guard let best else { return nil }
    for index in best.start..<best.start + count { granules[index] = .used }
    used += count
    dirty -= count - best.clean
    mostUsed = max(mostUsed, used)
    return best.start
  }

  /// Takes back what ``take(_:)`` gave; the granules keep their pages.
  package mutating func give(_ range: Range<Int>) {
    for index in range {
      precondition(granules[index] == .used, "a block was given back twice")
      granules[index] = .dirty
    }
    used -= range.count
    dirty += range.count
  }

  /// At most `count` free granules that hold pages, neighbors, the highest first; from now on they
  /// count as clean, and the caller gives their pages back. nil where there are none.
  package mutating func clean(_ count: Int) -> Range<Int>? {
    guard count > 0, let last = granules.lastIndex(of: .dirty) else { return nil }
    var first = last
    while first > 0, last - first + 1 < count, granules[first - 1] == .dirty { first -= 1 }
    for index in first...last { granules[index] = .clean }
    dirty -= last - first + 1
    return first..<last + 1
  }
}

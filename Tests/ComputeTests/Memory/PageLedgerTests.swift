import Compute
import Testing

/// The bookkeeping of the memory pool.
@Suite struct PageLedgerTests {
  @Test func blocksDoNotOverlapAndGapsMerge() {
    var generator = SeededGenerator(seed: 3)
    var ledger = PageLedger(count: 64)
    var live: [Range<Int>] = []
    for _ in 0..<2000 {
      if generator.chance(0.55), let first = ledger.take(Int.random(in: 1...9, using: &generator)) {
        // The size is known from what is in use.
        let count = ledger.used - live.reduce(0) { $0 + $1.count }
        let block = first..<first + count
        #expect(live.allSatisfy { !$0.overlaps(block) })
        live.append(block)
      } else if !live.isEmpty {
        ledger.give(live.remove(at: Int.random(in: live.indices, using: &generator)))
      }
      #expect(ledger.used + ledger.dirty <= 64)
      #expect(ledger.mostUsed >= ledger.used)
    }
    for block in live { ledger.give(block) }
    #expect(ledger.take(64) == 0)
  }

  /// Existing pages are reused before new ones, whatever the sizes of the blocks they came
  /// from.
  @Test func pagesAreReused() {
    var ledger = PageLedger(count: 32)
    let blocks = (0..<4).map { _ in ledger.take(4)! }
    for first in blocks { ledger.give(first..<first + 4) }
    #expect(ledger.dirty == 16)
    #expect(ledger.take(16) == 0)
    #expect(ledger.dirty == 0 && ledger.used == 16)
  }

  @Test func surplusIsBounded() {
    var ledger = PageLedger(count: 128)
    let a = ledger.take(32)!
    ledger.give(a..<a + 32)
    #expect(ledger.surplus == 0)
    let b = ledger.take(16)!
    _ = ledger.take(64)!  // does not fit into the 16 kept pages below it
    #expect(ledger.used + ledger.dirty - ledger.surplus <= ledger.mostUsed + ledger.mostUsed / 16)
    while ledger.surplus > 0 { #expect(ledger.clean(ledger.surplus) != nil) }
    ledger.give(b..<b + 16)
    #expect(ledger.surplus == 0 || ledger.clean(ledger.surplus) != nil)
  }

  @Test func aFullArenaGivesNothing() {
    var ledger = PageLedger(count: 4)
    #expect(ledger.take(5) == nil)
    #expect(ledger.take(4) == 0)
    #expect(ledger.take(1) == nil)
    #expect(ledger.clean(1) == nil)
  }

  @Test("A ledger that grows joins the new granules with the free ones at its end")
  func growing() {
    var ledger = PageLedger(count: 0)
    #expect(ledger.take(3) == nil && ledger.freeAtEnd == 0)
    ledger.grow(by: 3)
    #expect(ledger.take(2) == 0 && ledger.freeAtEnd == 1)
    #expect(ledger.take(3) == nil)
    ledger.grow(by: 3 - ledger.freeAtEnd)
    #expect(ledger.take(3) == 2 && ledger.count == 5 && ledger.freeAtEnd == 0)
    ledger.give(0..<2)
    #expect(ledger.freeAtEnd == 0 && ledger.take(2) == 0)
  }
}

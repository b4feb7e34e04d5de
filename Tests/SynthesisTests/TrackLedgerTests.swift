import Compute
import Microscopy
import Morphometry
import Synthesis
import Testing

/// Tracks of frames that show some nuclei and miss others.
struct TrackLedgerTests {
  private static let lineage: EmbryoLineage = {
    var generator = SeededGenerator(seed: 5)
    return EmbryoLineage(using: &generator)
  }()

  /// The numbers of the daughters of a cell: their indices + 1.
  private static func daughters(of label: UInt32) -> [UInt32] {
    lineage.cells.indices.filter { lineage.cells[$0].parent == Int(label) - 1 }
      .map { UInt32($0 + 1) }
  }

  @Test func divisions() throws {
    var ledger = TrackLedger(Self.lineage)
    #expect(ledger.enter([1, 2]) == [1: 1, 2: 2])
    #expect(ledger.enter([1, 2]) == [1: 1, 2: 2])
    let young = Self.daughters(of: 1)
    #expect(ledger.enter([2] + young) == [2: 2, young[0]: 3, young[1]: 4])
    #expect(try ledger.table().text == "1 0 1 0\n2 0 2 0\n3 2 2 1\n4 2 2 1\n")
  }

  /// A nucleus that leaves and comes back continues as the child of its first track.
  @Test func returning() throws {
    var ledger = TrackLedger(Self.lineage)
    for labels: [UInt32] in [[1, 2], [2], [], [1, 2]] { _ = ledger.enter(labels) }
    #expect(try ledger.table().text == "1 0 0 0\n2 0 1 0\n3 3 3 1\n4 3 3 2\n")
  }

  /// If frames are few, a generation may pass unseen: the grandmother is then the parent.
  @Test func unseenGenerations() throws {
    var ledger = TrackLedger(Self.lineage)
    _ = ledger.enter([1, 2])
    let grandchildren = Self.daughters(of: 1).flatMap(Self.daughters)
    _ = ledger.enter(grandchildren)
    let table = try ledger.table()
    #expect(table.children(of: 1).map(\.label) == [3, 4, 5, 6])
    #expect(table.children(of: 2).isEmpty)
  }
}

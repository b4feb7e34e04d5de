import Compute
import Synthesis
import Testing

/// Which cell divides when.
struct EmbryoLineageTests {
  private static func lineage(_ seed: UInt64) -> EmbryoLineage {
    var generator = SeededGenerator(seed: seed)
    return EmbryoLineage(using: &generator)
  }

  @Test(arguments: 0..<20) func treesAreWhole(seed: Int) {
    let lineage = Self.lineage(UInt64(seed))
    let cells = lineage.cells
    #expect(cells.count { $0.parent == nil } == 2)
    for (index, cell) in cells.enumerated() {
      let daughters = cells.indices.filter { cells[$0].parent == index }
      #expect(daughters.count == (cell.division == nil ? 0 : 2))
      for daughter in daughters {
        #expect(daughter > index && cells[daughter].birth == cell.division)
        #expect(cells[daughter].generation == cell.generation + 1)
      }
      if let division = cell.division { #expect(division > cell.birth) }
      #expect(abs((cell.spindle * cell.spindle).sum() - 1) < 1e-12)
    }
    // All light of a generation is about that of the first two nuclei.
    let light = cells.filter { $0.generation == 3 }.reduce(0) { $0 + $1.brightness }
    #expect((0.6...1.6).contains(light))
  }

  @Test(arguments: 0..<20) func countsGrow(seed: Int) throws {
    let lineage = Self.lineage(UInt64(seed))
    let end = Double(EmbryoLineage.lastStep) * EmbryoLineage.hoursPerStep
    let counts = stride(from: 0, through: end, by: 0.5).map { lineage.count(at: $0) }
    #expect(counts.first == 2)
    #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 <= $1 })
    #expect((40...64).contains(lineage.count(at: end)))
    for count in [3, 4, 8, 9, 16, 31] {
      let hour = try #require(lineage.firstHour(with: count))
      #expect(lineage.count(at: hour) >= count)
      #expect(lineage.count(at: hour - 1e-6) < count)
      let last = lineage.lastHour(with: count)
      #expect(lineage.count(at: last) <= count)
      #expect(lineage.count(at: last + 1.01 * EmbryoLineage.hoursPerStep) > count)
    }
    #expect(lineage.firstHour(with: 2) == 0 && lineage.firstHour(with: 65) == nil)
    #expect(lineage.lastHour(with: 64) == end)
  }

  /// Half a day per cycle after the long first one, and no two embryos alike.
  @Test func stagesComeInTime() throws {
    let lineages = (0..<30).map { Self.lineage(UInt64(100 + $0)) }
    for (count, hours) in [(4, 20.0...28.0), (8, 31...43), (16, 40...58), (32, 47...72)] {
      let reached = try lineages.map { try #require($0.firstHour(with: count)) }
      #expect(reached.allSatisfy { hours.contains($0) }, "\(count): \(reached)")
      #expect(Set(reached).count > 15)
    }
  }
}

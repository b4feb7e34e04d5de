import Compute
import Testing

@Suite struct MemoryTests {
  @Test("Storage is 64-byte aligned at every size", arguments: [1, 3, 1000, 1 << 18, 3 << 20])
  func alignment(count: Int) {
    let storage = AlignedStorage<Float>(uninitialized: count)
    #expect(UInt(bitPattern: storage.baseAddress) % 64 == 0)
    #expect(storage.count == count)
  }

  @Test("A copy is equal and independent")
  func copies() {
    let storage = AlignedStorage<Float>(repeating: 2.5, count: 1 << 19)
    let copy = storage.copy()
    storage.baseAddress[7] = 1
    #expect(copy.baseAddress[7] == 2.5)
    #expect(
      (0..<copy.count).allSatisfy { $0 == 7 || copy.baseAddress[$0] == storage.baseAddress[$0] })
  }

  /// Blocks pass through the pool while others are in use; a block given out twice would show as a
  /// changed value.
  @Test("Blocks in use are never given out again")
  func poolKeepsBlocksApart() {
    var generator = SeededGenerator(seed: 11)
    var live: [(storage: AlignedStorage<Int32>, value: Int32)] = []
    for step in 0..<400 {
      if live.count > 6 || (generator.chance(0.4) && !live.isEmpty) {
        let (storage, value) = live.remove(at: Int(generator.uniform() * Double(live.count)))
        #expect(storage.baseAddress[0] == value)
        #expect(storage.baseAddress[storage.count - 1] == value)
        #expect(storage.baseAddress[storage.count / 2] == value)
      } else {
        let count = (1 << 18) + Int(generator.uniform() * Double(1 << 20))
        live.append((AlignedStorage(repeating: Int32(step), count: count), Int32(step)))
      }
    }
  }

  @Test("A workspace grows and then stays")
  func workspace() {
    var workspace = Workspace()
    #expect(workspace.byteCount == 0)
    let small = workspace.reserve(100)
    small[99] = 3
    let large = workspace.reserve(10_000)
    large[9_999] = 4
    let bytes = workspace.byteCount
    #expect(bytes >= 40_000)
    #expect(workspace.reserve(50) == large)
    #expect(workspace.byteCount == bytes)
    #expect(UInt(bitPattern: large) % 64 == 0)
  }
}

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps large blocks for their next use: a freed 128³ activation handed back to the kernel would
/// have to be cleared again, page by page, which took a sixth of a training step.
///
/// Blocks are reused for requests that fill at least two thirds of them. Together with the blocks in
/// use they never exceed the most that was ever in use, so the pool adds nothing to a known peak.
enum MemoryPool {
  /// Blocks from this size are kept; smaller ones are the allocator's business.
  static let smallest = 1 << 20
  private static let hugePage = 1 << 21

  /// `@unchecked Sendable`: a free block belongs to the pool alone.
  private struct Block: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let bytes: Int
  }

  private struct State {
    var free: [Block] = []
    var freeBytes = 0
    var usedBytes = 0
    var peakBytes = 0
  }

  private static let state = Mutex(State())

  /// A block of at least `bytes` (and its true size) on a 64-byte boundary, contents undefined.
  static func take(_ bytes: Int) -> (address: UnsafeMutableRawPointer, bytes: Int) {
    guard bytes >= smallest else { return (allocate(bytes), bytes) }
    let block = state.withLock { state -> Block? in
      var best: Int?
      for (index, block) in state.free.enumerated()
      where block.bytes >= bytes && block.bytes <= bytes + bytes / 2 {
        if best.map({ block.bytes < state.free[$0].bytes }) ?? true { best = index }
      }
      let block = best.map { state.free.remove(at: $0) }
      if let block { state.freeBytes -= block.bytes }
      state.usedBytes += block?.bytes ?? rounded(bytes)
      state.peakBytes = max(state.peakBytes, state.usedBytes)
      return block
    }
    if let block { return (block.address, block.bytes) }
    trim()
    return map(rounded(bytes))
  }

  /// Takes back a block of `bytes`, as ``take(_:)`` gave it.
  static func give(_ address: UnsafeMutableRawPointer, _ bytes: Int) {
    guard bytes >= smallest else { return free(address) }
    let block = Block(address: address, bytes: bytes)
    state.withLock { state in
      state.usedBytes -= block.bytes
      state.freeBytes += block.bytes
      state.free.append(block)
    }
    trim()
  }

  /// Hands the oldest free blocks back to the system while there is more than was ever in use.
  private static func trim() {
    while true {
      let block = state.withLock { state -> Block? in
        guard state.usedBytes + state.freeBytes > state.peakBytes, !state.free.isEmpty else {
          return nil
        }
        let block = state.free.removeFirst()
        state.freeBytes -= block.bytes
        return block
      }
      guard let block else { return }
      munmap(block.address, block.bytes)
    }
  }

  private static func rounded(_ bytes: Int) -> Int {
    let granule = bytes >= 2 * hugePage ? hugePage : 1 << 16
    return (bytes + granule - 1) / granule * granule
  }

  /// Pages from the system itself: `malloc` would keep blocks of up to 32 MiB on its heap, in pieces
  /// that fit no later request, long after they were freed.
  private static func map(_ bytes: Int) -> (address: UnsafeMutableRawPointer, bytes: Int) {
    let isHuge = bytes >= 2 * hugePage
    let mapped = bytes + (isHuge ? hugePage : 0)
    let start = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let start, start != MAP_FAILED else { outOfMemory(bytes) }
    guard isHuge else { return (start, bytes) }
    // Onto a huge page; what lies before and behind goes back.
    let skipped = (hugePage - Int(bitPattern: start) & (hugePage - 1)) & (hugePage - 1)
    let address = start + skipped
    if skipped > 0 { munmap(start, skipped) }
    if skipped < hugePage { munmap(address + bytes, hugePage - skipped) }
    #if os(Linux)
      madvise(address, bytes, MADV_HUGEPAGE)
    #endif
    return (address, bytes)
  }

  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    var address: UnsafeMutableRawPointer?
    guard posix_memalign(&address, 64, (bytes + 63) / 64 * 64) == 0, let address else {
      outOfMemory(bytes)
    }
    return address
  }

  private static func outOfMemory(_ bytes: Int) -> Never {
    preconditionFailure("out of memory: \(bytes) bytes for one array could not be allocated")
  }
}

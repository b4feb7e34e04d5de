import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps the pages of large blocks for their next use: a freed 128³ activation handed back to the
/// kernel would have to be cleared again, page by page, which took a fifth of a training step.
///
/// Blocks from 1 MiB on live in one large range of addresses, in granules of a huge page, so that
/// free neighbors merge and a later block of any size takes their pages. Pages in use and pages
/// kept stay within 17/16 of the most that was ever in use (`PageLedger`), so the pool adds
/// little to a known peak. Addresses without pages cost nothing.
package enum MemoryPool {
  /// Blocks from this size are kept; smaller ones are the allocator's business.
  static let smallest = 1 << 20
  /// A huge page of x86-64 and arm64.
  static let granule = 1 << 21

  /// The range of addresses; never moved, never given back. `@unchecked Sendable`: a number.
  @safe private struct Arena: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let bytes: Int
    /// Whether addresses are taken as they are needed, from the beginning of the range on.
    var isGrowing = false
  }

  /// Twice the memory of the machine, taken when they are needed where the system limits
  /// addresses; nil where it gives none, and every block comes from the allocator.
  ///
  /// Sanitizers watch the allocator's blocks only: built with `-D MORULA_PLAIN_ALLOCATOR` there is
  /// no arena (`make test-address`).
  private static let arena: Arena? = {
    #if MORULA_PLAIN_ALLOCATOR
      return nil
    #else
      return AddressSpace.isLimited ? begin() : reserve()
    #endif
  }()

  private static func reserve() -> Arena? {
    var bytes = Int(clamping: ProcessInfo.processInfo.physicalMemory) / granule * granule * 2
    while bytes >= 64 * granule {
      let start = unsafe mmap(
        nil, bytes + granule, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0)
      if let start = unsafe start, unsafe start != MAP_FAILED {
        let base = unsafe start + (granule - Int(bitPattern: start) % granule) % granule
        #if os(Linux)
          unsafe madvise(base, bytes, MADV_HUGEPAGE)
        #endif
        return unsafe Arena(base: base, bytes: bytes)
      }
      bytes /= 2
    }
    return nil
  }

  /// A range that grows in the middle of nowhere, far from where the system puts libraries and
  /// stacks: what it does not need stays for OpenBLAS, threads and arrays.
  private static func begin() -> Arena? {
    #if os(Linux) && (arch(x86_64) || arch(arm64))
      let bytes = Int(clamping: ProcessInfo.processInfo.physicalMemory) / granule * granule * 2
      let arena = unsafe UnsafeMutableRawPointer(bitPattern: 1 << 45).map {
        unsafe Arena(base: $0, bytes: bytes, isGrowing: true)
      }
      return arena
    #else
      return nil
    #endif
  }

  /// Takes the next addresses of a range that grows; false where the system does not give them.
  private static func grow(_ arena: Arena, _ ledger: inout PageLedger, by count: Int) -> Bool {
    #if os(Linux)
      guard arena.isGrowing, (ledger.count + count) * granule <= arena.bytes else { return false }
      let (next, bytes) = unsafe (arena.base + ledger.count * granule, count * granule)
      let fixedNoReplace: Int32 = 0x100000
      let start = unsafe mmap(
        next, bytes, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANON | MAP_NORESERVE | fixedNoReplace, -1, 0)
      guard let start = unsafe start, unsafe start != MAP_FAILED else { return false }
      guard unsafe start == next else {
        unsafe munmap(start, bytes)
        return false
      }
      unsafe madvise(next, bytes, MADV_HUGEPAGE)
      ledger.grow(by: count)
      return true
    #else
      return false
    #endif
  }

  private static let ledger = Guarded(
    PageLedger(count: arena.map { $0.isGrowing ? 0 : $0.bytes / granule } ?? 0))

  /// A block of at least `bytes` (and its true size) on a 64-byte boundary, contents undefined.
  static func take(_ bytes: Int) -> (address: UnsafeMutableRawPointer, bytes: Int) {
    let count = bytes.parts(of: granule)
    if bytes >= smallest, let arena {
      let first = ledger.withLock { ledger in
        var first = ledger.take(count)
        if first == nil, grow(arena, &ledger, by: count - ledger.freeAtEnd) {
          first = ledger.take(count)
        }
        trim(&ledger, arena)
        return first
      }
      if let first { return unsafe (arena.base + first * granule, count * granule) }
    }
    return unsafe (allocate(bytes), bytes)
  }

  /// Takes back a block of `bytes`, as ``take(_:)`` gave it.
  static func give(_ address: UnsafeMutableRawPointer, _ bytes: Int) {
    guard let arena, unsafe address >= arena.base, unsafe address < arena.base + arena.bytes else {
      return unsafe free(address)
    }
    let first = unsafe (address - arena.base) / granule
    ledger.withLock { ledger in
      ledger.give(first..<first + bytes / granule)
      trim(&ledger, arena)
    }
  }

  /// Gives the pages of all free blocks back to the system, where other memory is needed next.
  package static func release() {
    guard let arena else { return }
    ledger.withLock { ledger in
      while let range = ledger.clean(.max) { giveBack(range, arena) }
    }
  }

  /// Gives pages beyond the pool's share back to the system.
  private static func trim(_ ledger: inout PageLedger, _ arena: Arena) {
    while let range = ledger.clean(ledger.surplus) { giveBack(range, arena) }
  }

  private static func giveBack(_ range: Range<Int>, _ arena: Arena) {
    unsafe madvise(arena.base + range.lowerBound * granule, range.count * granule, MADV_DONTNEED)
  }

  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    var address: UnsafeMutableRawPointer?
    guard unsafe posix_memalign(&address, 64, bytes.roundedUp(to: 64)) == 0,
      let address = unsafe address
    else {
      AddressSpace.end(refused: bytes)
    }
    return unsafe address
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The one owner of numerical memory: `count` elements on a 64-byte boundary, freed with the object.
///
/// Blocks of 4 MiB and more are aligned to 2 MiB and offered to the kernel as huge pages, because a
/// 128³ activation otherwise costs sixteen thousand page faults each time it is allocated.
///
/// `@unchecked Sendable`: the class only owns the bytes. Whoever wraps it (`Tensor`) gives out
/// mutable access only while it holds the sole reference.
public final class AlignedStorage<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The number of elements.
  public let count: Int
  /// The first element; 64-byte aligned.
  public let baseAddress: UnsafeMutablePointer<Element>

  /// Allocates `count` elements whose contents are undefined: the caller writes all of them.
  public init(uninitialized count: Int) {
    precondition(count >= 0, "a storage cannot hold a negative number of elements")
    self.count = count
    let bytes = max(count * MemoryLayout<Element>.stride, 1)
    let huge = 1 << 21
    let isLarge = bytes >= 2 * huge
    let alignment = isLarge ? huge : 64
    var raw: UnsafeMutableRawPointer?
    let status = posix_memalign(&raw, alignment, (bytes + alignment - 1) / alignment * alignment)
    guard status == 0, let raw else {
      preconditionFailure("out of memory: \(bytes) bytes for one array could not be allocated")
    }
    #if os(Linux)
      if isLarge { madvise(raw, bytes, MADV_HUGEPAGE) }
    #endif
    baseAddress = raw.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  /// Allocates `count` elements of value `value`.
  public convenience init(repeating value: Element, count: Int) {
    self.init(uninitialized: count)
    baseAddress.initialize(repeating: value, count: count)
  }

  deinit { free(baseAddress) }

  /// A new storage with the same contents.
  public func copy() -> AlignedStorage {
    let other = AlignedStorage(uninitialized: count)
    other.baseAddress.initialize(from: baseAddress, count: count)
    return other
  }
}

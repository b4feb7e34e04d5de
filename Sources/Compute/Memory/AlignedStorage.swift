/// The one owner of numerical memory: `count` elements on a 64-byte boundary, given back with the
/// object.
///
/// `@unchecked Sendable`: the class only owns the bytes. Whoever wraps it (`Tensor`) gives out
/// mutable access only while it holds the sole reference.
@safe package final class AlignedStorage<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The number of elements.
  package let count: Int
  /// The first element; 64-byte aligned.
  package let baseAddress: UnsafeMutablePointer<Element>
  private let blockBytes: Int
  private let meter: MemoryMeter?

  /// Allocates `count` elements whose contents are undefined: the caller writes all of them.
  package init(uninitialized count: Int) {
    precondition(count >= 0, "a storage cannot hold a negative number of elements")
    self.count = count
    let block = unsafe MemoryPool.take(max(count * MemoryLayout<Element>.stride, 1))
    blockBytes = unsafe block.bytes
    meter = MemoryMeter.current
    meter?.take(count * MemoryLayout<Element>.stride)
    unsafe baseAddress = unsafe block.address.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  /// Allocates `count` elements of value `value`.
  package convenience init(repeating value: Element, count: Int) {
    self.init(uninitialized: count)
    unsafe baseAddress.initialize(repeating: value, count: count)
  }

  deinit {
    meter?.give(count * MemoryLayout<Element>.stride)
    unsafe MemoryPool.give(UnsafeMutableRawPointer(baseAddress), blockBytes)
  }

  /// A new storage with the same contents.
  package func copy() -> AlignedStorage {
    let other = AlignedStorage(uninitialized: count)
    unsafe other.baseAddress.initialize(from: baseAddress, count: count)
    return other
  }
}

/// The address of memory that the jobs of a parallel loop read together and none of them writes.
///
/// The memory outlives the loop, and nothing writes to it meanwhile. What jobs write is a
/// `DisjointPointer`.
///
/// `@unchecked Sendable`: by this rule.
@unsafe @usableFromInline package struct SharedPointer<Element>: @unchecked Sendable {
  /// The first element.
  @usableFromInline package let address: UnsafePointer<Element>

  /// The address of memory that lives longer than the loop.
  @inlinable package init(_ address: UnsafePointer<Element>) {
    unsafe self.address = unsafe address
  }

  /// The address of element `offset`.
  @inlinable package static func + (pointer: SharedPointer, offset: Int) -> UnsafePointer<Element> {
    unsafe pointer.address + offset
  }

  /// One element.
  @inlinable package subscript(index: Int) -> Element { unsafe address[index] }
}

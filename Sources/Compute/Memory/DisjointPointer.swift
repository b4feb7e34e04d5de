/// The address of memory that the jobs of a parallel loop write together.
///
/// Three rules make it sound, and the compiler checks none of them: every job reads and writes a
/// range of its own; the memory outlives the loop, which ``Parallel`` waits for; nothing else touches the
/// memory meanwhile. What all jobs only read is a `SharedPointer`.
///
/// `@unchecked Sendable`: by these rules.
@unsafe @usableFromInline package struct DisjointPointer<Element>: @unchecked Sendable {
  /// The first element.
  @usableFromInline package let address: UnsafeMutablePointer<Element>

  /// The address of memory that lives longer than the loop.
  @inlinable package init(_ address: UnsafeMutablePointer<Element>) {
    unsafe self.address = unsafe address
  }

  /// The address of element `offset`, where a job's range begins.
  @inlinable package static func + (
    pointer: DisjointPointer, offset: Int
  ) -> UnsafeMutablePointer<Element> {
    unsafe pointer.address + offset
  }

  /// One element of the job's range.
  @inlinable package subscript(index: Int) -> Element {
    get { unsafe address[index] }
    nonmutating set { unsafe address[index] = newValue }
  }
}

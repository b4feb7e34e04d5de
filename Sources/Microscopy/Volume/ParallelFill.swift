import Compute

extension Array where Element: BitwiseCopyable & Sendable {
  /// An array of `count` elements written in pieces by all threads.
  ///
  /// `write(range, piece)` assigns every element of `piece`, which is `range` of the array. The
  /// pieces hold `size` elements, the last one what remains; they depend on nothing but `count` and
  /// `size`, so the result is the same bits for any number of threads.
  init(
    count: Int, pieces size: Int,
    _ write: @Sendable (_ range: Range<Int>, _ piece: inout MutableSpan<Element>) -> Void
  ) {
    unsafe self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
      // Shared by the workers, each of which writes a range that no other one touches.
      nonisolated(unsafe) let elements = unsafe buffer
      Parallel.forEachChunk(of: count, size: Swift.max(1, size)) { range in
        var piece = unsafe MutableSpan(
          _unsafeElements: UnsafeMutableBufferPointer(rebasing: elements[range]))
        write(range, &piece)
      }
      initialized = count
    }
  }
}

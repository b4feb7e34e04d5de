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
      guard let start = buffer.baseAddress else { return }
      let elements = unsafe DisjointPointer(start)
      Parallel.forEachChunk(of: count, size: Swift.max(1, size)) { range in
        var piece = unsafe MutableSpan(
          _unsafeElements: UnsafeMutableBufferPointer(
            start: elements + range.lowerBound, count: range.count))
        write(range, &piece)
      }
      initialized = count
    }
  }
}

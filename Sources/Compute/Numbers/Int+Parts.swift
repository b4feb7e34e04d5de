extension Int {
  /// The smallest multiple of `multiple` that is not below this number, which is not negative.
  @inlinable package func roundedUp(to multiple: Int) -> Int { parts(of: multiple) * multiple }

  /// How many parts of `size` cover this many elements; the last may be smaller.
  @inlinable package func parts(of size: Int) -> Int { (self + size - 1) / size }

  /// Part `index` of this many elements cut into `count` consecutive parts whose sizes differ by at
  /// most one.
  @inlinable package func share(_ index: Int, of count: Int) -> Range<Int> {
    index * self / count..<(index + 1) * self / count
  }
}

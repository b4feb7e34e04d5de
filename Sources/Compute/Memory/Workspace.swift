/// Grow-only scratch memory, owned by one caller and lent to one operation at a time.
///
/// An operation reserves what it needs for all its workers at once and cuts the block itself; the
/// contents are undefined. Reusing one workspace over a whole network keeps the allocator out of
/// the hot path.
public struct Workspace: ~Copyable {
  private var storage: AlignedStorage<Float>?

  /// An empty workspace; the first reservation allocates.
  public init() {}

  /// The bytes held now, which is the largest reservation so far.
  public var byteCount: Int { (storage?.count ?? 0) * MemoryLayout<Float>.stride }

  /// A 64-byte aligned block of `count` floats, valid until the next reservation.
  ///
  /// - Complexity: O(1) once the workspace has grown to its working size.
  package mutating func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
    if let storage, storage.count >= count { return unsafe storage.baseAddress }
    storage = nil  // free first: the old contents are not wanted and need not coexist
    let grown = AlignedStorage<Float>(uninitialized: count)
    storage = grown
    return unsafe grown.baseAddress
  }
}

import Compute

/// A dense float32 array, row-major with the last axis fastest, 64-byte aligned, copy-on-write.
///
/// Activations are `[N, C, D, H, W]`; convolution weights `[out, in, z, y, x]`.
public struct Tensor: Sendable {
  /// The extents.
  public let shape: Shape
  private var storage: AlignedStorage<Float>

  /// All zeros.
  public init(zeros shape: Shape) { self.init(repeating: 0, shape: shape) }

  /// All elements `value`.
  public init(repeating value: Float, shape: Shape) {
    self.shape = shape
    storage = AlignedStorage(repeating: value, count: shape.count)
  }

  /// The elements of `values`, which fill `shape` exactly.
  public init(_ values: some Collection<Float>, shape: Shape) {
    precondition(values.count == shape.count, "\(values.count) values do not fill \(shape)")
    self.init(uninitialized: shape)
    withMutablePointer { pointer in
      // Arrays are copied whole: element by element, a generic collection of another module takes
      // longer than a convolution.
      let copied = values.withContiguousStorageIfAvailable { source in
        UnsafeMutableBufferPointer(start: pointer, count: source.count).update(from: source).index
      }
      if copied == nil {
        for (index, value) in values.enumerated() { pointer[index] = value }
      }
    }
  }

  /// Contents undefined: for an operation that writes every element.
  package init(uninitialized shape: Shape) {
    self.shape = shape
    storage = AlignedStorage(uninitialized: shape.count)
  }

  private init(shape: Shape, storage: AlignedStorage<Float>) {
    self.shape = shape
    self.storage = storage
  }

  /// The number of elements.
  public var count: Int { shape.count }

  /// The same elements under another shape of the same count, without a copy.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(shape.count == count, "\(self.shape) cannot be reshaped to \(shape)")
    return Tensor(shape: shape, storage: storage)
  }

  /// The elements as an array, for tests, files and printing.
  public var scalars: [Float] {
    withPointer { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// One element, by its offset in row-major order.
  public subscript(offset: Int) -> Float {
    get {
      precondition(offset >= 0 && offset < count, "offset \(offset) lies outside \(shape)")
      return storage.baseAddress[offset]
    }
    set {
      precondition(offset >= 0 && offset < count, "offset \(offset) lies outside \(shape)")
      withMutablePointer { $0[offset] = newValue }
    }
  }

  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
  }
}

/// Access to the elements.
extension Tensor {
  /// Reads the elements in row-major order.
  public func withSpan<Result, Failure: Error>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let storage = storage
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: storage.baseAddress, count: count).span)
  }

  /// Changes the elements in row-major order; copies first if they are shared.
  public mutating func withMutableSpan<Result, Failure: Error>(
    _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    makeUnique()
    var span = UnsafeMutableBufferPointer(start: storage.baseAddress, count: count).mutableSpan
    return try body(&span)
  }

  /// The elements for a kernel; valid inside `body`.
  @usableFromInline package func withPointer<Result, Failure: Error>(
    _ body: (UnsafePointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let storage = storage
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafePointer(storage.baseAddress))
  }

  /// The elements for a kernel, unshared first; valid inside `body`.
  @usableFromInline package mutating func withMutablePointer<Result, Failure: Error>(
    _ body: (UnsafeMutablePointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    makeUnique()
    let storage = storage
    defer { withExtendedLifetime(storage) {} }
    return try body(storage.baseAddress)
  }
}

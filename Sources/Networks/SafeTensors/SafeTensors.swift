import Tensors

/// The contents of a safetensors file: named arrays and a map of strings.
///
/// The format (huggingface/safetensors, README "Format"): the header's length as a little-endian
/// u64; a JSON header that gives for each name `dtype`, `shape` and `data_offsets`, and optionally
/// `__metadata__`; the bytes of the arrays, row-major, little-endian, without holes.
///
/// ```swift
/// let file = try SafeTensors(contentsOf: "nsn.safetensors")
/// let weight = try file.tensor("encoder.0.convolution.0.weight")
/// ```
public struct SafeTensors: Sendable {
  /// One array, in the type that holds its file's type exactly.
  public enum Array: Sendable {
    /// From F32, F16 and BF16; written as F32.
    case float32(Tensor)
    /// From F64; written as F64.
    case float64([Double], shape: Shape)
    /// From I64, I32, I16, I8, U32, U16, U8 and BOOL (0 or 1); written as I64.
    case int64([Int64], shape: Shape)

    /// The extents.
    public var shape: Shape {
      switch self {
      case .float32(let tensor): tensor.shape
      case .float64(_, let shape), .int64(_, let shape): shape
      }
    }
  }

  /// The arrays by name.
  public var arrays: [String: Array]
  /// The file's `__metadata__`.
  public var metadata: [String: String]
  /// The file these contents came from, for messages; "weights" where they were made in memory.
  public internal(set) var source = "weights"

  /// Contents made in memory.
  public init(arrays: [String: Array] = [:], metadata: [String: String] = [:]) {
    self.arrays = arrays
    self.metadata = metadata
  }

  /// Float32 tensors and metadata.
  public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
    self.init(arrays: tensors.mapValues(Array.float32), metadata: metadata)
  }

  /// The float arrays as tensors; F64 is rounded to float32.
  public var tensors: [String: Tensor] {
    arrays.compactMapValues { array in
      switch array {
      case .float32(let tensor): tensor
      case .float64(let values, let shape): Tensor(values.map { Float($0) }, shape: shape)
      case .int64: nil
      }
    }
  }
}

/// Arrays by name, or an error that names the file and the array.
extension SafeTensors {
  /// The array `name` as float32: F64 is rounded, integers must fit exactly (|n| ≤ 2²⁴ at least).
  /// With a `shape`, any other is refused.
  public func tensor(_ name: String, shape: Shape? = nil) throws(WeightsError) -> Tensor {
    let tensor: Tensor
    switch try array(name) {
    case .float32(let value): tensor = value
    case .float64(let values, let shape): tensor = Tensor(values.map { Float($0) }, shape: shape)
    case .int64(let values, let shape):
      for value in values where Float(exactly: value) == nil {
        throw error(.mismatch, name, "the integer \(value) has no exact float32 value")
      }
      tensor = Tensor(values.map { Float($0) }, shape: shape)
    }
    if let shape, tensor.shape != shape {
      throw error(.mismatch, name, "expected shape \(shape), found \(tensor.shape)")
    }
    return tensor
  }

  /// The array `name`, which must be floats, in row-major order: the way to read F64 without the
  /// rounding of ``tensor(_:shape:)``, for example references of numerical tests.
  public func doubles(_ name: String) throws(WeightsError) -> [Double] {
    switch try array(name) {
    case .float32(let tensor): return tensor.scalars.map { Double($0) }
    case .float64(let values, _): return values
    case .int64: throw error(.mismatch, name, "expected floats, found integers")
    }
  }

  /// The array `name`, which must be integers, in row-major order.
  public func integers(_ name: String) throws(WeightsError) -> [Int64] {
    guard case .int64(let values, _) = try array(name) else {
      throw error(.mismatch, name, "expected integers, found floats")
    }
    return values
  }

  /// The array `name`.
  public func array(_ name: String) throws(WeightsError) -> Array {
    guard let array = arrays[name] else {
      throw error(.missing, name, "the file has no such tensor")
    }
    return array
  }

  private func error(_ kind: WeightsError.Kind, _ tensor: String, _ problem: String) -> WeightsError
  {
    WeightsError(kind, file: source, tensor: tensor, problem)
  }
}

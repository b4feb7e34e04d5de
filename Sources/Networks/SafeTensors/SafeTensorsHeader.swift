import Compute
import Tensors

/// The JSON header of a safetensors file, checked against the size of the data that follows.
struct SafeTensorsHeader {
  /// The element types of the format that Morula reads.
  enum DataType: String, CaseIterable {
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case i64 = "I64"
    case i32 = "I32"
    case i16 = "I16"
    case i8 = "I8"
    case u32 = "U32"
    case u16 = "U16"
    case u8 = "U8"
    case bool = "BOOL"

    /// Bytes of an element.
    var size: Int {
      switch self {
      case .f64, .i64: 8
      case .f32, .i32, .u32: 4
      case .f16, .bf16, .i16, .u16: 2
      case .i8, .u8, .bool: 1
      }
    }
  }

  /// One array in the file.
  struct Entry {
    var name: String
    var type: DataType
    var shape: Shape
    /// Where its bytes lie, counted from the end of the header.
    var bytes: Range<Int>
  }

  /// The largest header that the reference implementation accepts.
  static let sizeLimit = 100_000_000

  /// The arrays in the order of their bytes.
  var entries: [Entry] = []
  /// The map `__metadata__`.
  var metadata: [String: String] = [:]

  /// Parses `json` and checks that its arrays fill `dataSize` bytes without holes or overlap.
  init(json: [UInt8], dataSize: Int, file: String) throws(WeightsError) {
    do throws(JSONScanner.Failure) {
      try parse(json)
    } catch {
      throw WeightsError(error.kind, file: file, tensor: error.tensor, error.problem)
    }
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    var end = 0
    for entry in entries {
      let (start, stop) = (entry.bytes.lowerBound, entry.bytes.upperBound)
      guard stop <= dataSize else {
        throw WeightsError(
          .truncated, file: file, tensor: entry.name,
          "its data end at byte \(stop), but the file has only \(dataSize.counted("byte")) of data")
      }
      guard start == end else {
        throw WeightsError(
          .malformed, file: file, tensor: entry.name,
          "its data start at byte \(start), expected \(end): arrays \(start < end ? "overlap" : "leave a hole")"
        )
      }
      end = stop
    }
    guard end == dataSize else {
      throw WeightsError(
        .malformed, file: file,
        "the arrays take \(end.counted("byte")), but the file has \(dataSize.counted("byte")) of data"
      )
    }
  }

  private mutating func parse(_ json: [UInt8]) throws(JSONScanner.Failure) {
    guard json.first == UInt8(ascii: "{") else {
      throw JSONScanner.Failure("the header does not start with '{': not a safetensors file")
    }
    var scanner = JSONScanner(bytes: json)
    var names: Set<String> = []
    try scanner.object { (name, scanner) throws(JSONScanner.Failure) in
      guard names.insert(name).inserted else {
        throw JSONScanner.Failure("the name occurs twice in the header", tensor: name)
      }
      if name == "__metadata__" {
        metadata = try scanner.stringMap(describedAs: "__metadata__")
      } else {
        entries.append(try Self.entry(name, &scanner))
      }
    }
    try scanner.end()
  }

  /// `{"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}`
  private static func entry(
    _ name: String, _ scanner: inout JSONScanner
  ) throws(JSONScanner.Failure) -> Entry {
    var typeName: String?
    var dimensions: [Int]?
    var offsets: [Int]?
    do throws(JSONScanner.Failure) {
      try scanner.object { (key, scanner) throws(JSONScanner.Failure) in
        switch key {
        case "dtype" where typeName == nil: typeName = try scanner.string()
        case "shape" where dimensions == nil: dimensions = try scanner.integers()
        case "data_offsets" where offsets == nil: offsets = try scanner.integers()
        case "dtype", "shape", "data_offsets":
          throw JSONScanner.Failure("\(key) occurs twice")
        default:
          throw JSONScanner.Failure("unknown key \(String(key.prefix(100)).debugDescription)")
        }
      }
      guard let typeName, let dimensions, let offsets else {
        throw JSONScanner.Failure("expected dtype, shape and data_offsets, found only some of them")
      }
      guard let type = DataType(rawValue: typeName) else {
        let known = DataType.allCases.map(\.rawValue).joined(separator: ", ")
        throw JSONScanner.Failure(
          "dtype \(String(typeName.prefix(100)).debugDescription) is not supported (\(known) are)",
          kind: .unsupported)
      }
      guard dimensions.count <= 32 else {
        throw JSONScanner.Failure(
          "a shape of \(dimensions.count.counted("axis", "axes")); at most 32 are read")
      }
      guard offsets.count == 2, offsets[0] <= offsets[1] else {
        throw JSONScanner.Failure(
          "data_offsets are not [start, end] with start ≤ end: \(offsets.prefix(4))")
      }
      // Without the extents that are zero, so that no product of some of them overflows later.
      var size = type.size
      for dimension in dimensions where dimension > 0 {
        let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
        guard !overflow else { throw JSONScanner.Failure("the shape holds more than 2⁶³ bytes") }
        size = product
      }
      if dimensions.contains(0) { size = 0 }
      guard size == offsets[1] - offsets[0] else {
        throw JSONScanner.Failure(
          "\(type.rawValue) of shape \(Shape(dimensions)) takes \(size.counted("byte")), but data_offsets span \(offsets[1] - offsets[0])"
        )
      }
      return Entry(name: name, type: type, shape: Shape(dimensions), bytes: offsets[0]..<offsets[1])
    } catch {
      throw JSONScanner.Failure(error.problem, tensor: name, kind: error.kind)
    }
  }
}

import Compute
import Foundation
import Networks
import Tensors

/// A file of `torch.save` (PyTorch 1.6 and later): a zip archive with `data.pkl`, which describes
/// objects, and one entry `data/KEY` for each storage of numbers.
final class PyTorchArchive {
  /// The pickle.
  let pickle: Pickle
  /// The archive's path.
  var source: String { reader.source }
  private let reader: ZIPReader
  /// The folder inside the archive.
  private let folder: String
  /// The storage that was read last: tensors may share one.
  private var last: (key: String, bytes: Data)?

  /// Reads the pickle of an archive.
  init(_ reader: ZIPReader) throws(WeightsError) {
    self.reader = reader
    let name = "data.pkl"
    guard
      let entry = reader.entries.first(where: { $0.name == name || $0.name.hasSuffix("/" + name) })
    else {
      throw WeightsError(.unsupported, file: reader.source, "has no data.pkl, which PyTorch writes")
    }
    folder = String(entry.name.dropLast(name.count))
    if let order = reader.entry(folder + "byteorder") {
      guard try reader.read(order).elementsEqual("little".utf8) else {
        throw WeightsError(
          .unsupported, file: reader.source,
          "was written by a big-endian machine; load and save it on another one")
      }
    }
    guard entry.size <= Unpickler.sizeLimit else {
      throw WeightsError(
        .unsupported, file: reader.source,
        "has a pickle of \(entry.size) bytes; at most \(Unpickler.sizeLimit) are read")
    }
    pickle = try Unpickler.read(try reader.read(entry), file: reader.source)
  }

  /// The types of PyTorch by the names of storages and of types.
  private static let types: [String: ElementType] = [
    "torch.FloatStorage": .float32, "torch.float32": .float32, "torch.float": .float32,
    "torch.DoubleStorage": .float64, "torch.float64": .float64, "torch.double": .float64,
    "torch.HalfStorage": .float16, "torch.float16": .float16, "torch.half": .float16,
    "torch.BFloat16Storage": .bfloat16, "torch.bfloat16": .bfloat16,
    "torch.LongStorage": .int64, "torch.int64": .int64, "torch.long": .int64,
  ]

  /// The types that weights have.
  private enum ElementType {
    case float32, float64, float16, bfloat16, int64

    var size: Int {
      switch self {
      case .float64, .int64: 8
      case .float32: 4
      case .float16, .bfloat16: 2
      }
    }

    /// The numbers in `bytes`, rounded to float32.
    func floats(_ bytes: Data) -> [Float] {
      switch self {
      case .float32: LittleEndian.array(bytes, of: Float.self)
      case .float64: LittleEndian.array(bytes, of: Double.self).map { Float($0) }
      case .float16:
        LittleEndian.array(bytes, of: UInt16.self).map { Float(Float16(bitPattern: $0)) }
      case .bfloat16:
        LittleEndian.array(bytes, of: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
      case .int64: LittleEndian.array(bytes, of: Int64.self).map { Float($0) }
      }
    }
  }

  /// The numbers of a tensor, as float32.
  ///
  /// - Throws: `WeightsError` where its storage is missing or too small.
  func tensor(_ tensor: Pickle.Tensor, name: String) throws(WeightsError) -> Tensor {
    func failure(_ kind: WeightsError.Kind, _ problem: String) -> WeightsError {
      WeightsError(kind, file: source, tensor: name, problem)
    }
    let typeName = tensor.type ?? tensor.storage.type
    guard let type = Self.types[typeName] else {
      throw failure(
        .unsupported, "is of type \(typeName.prefix(60)); floats and 64-bit integers are read")
    }
    guard let entry = reader.entry("\(folder)data/\(tensor.storage.key)") else {
      throw failure(
        .missing, "the archive has no storage \(String(tensor.storage.key.prefix(40)))")
    }
    // The view must lie in the storage, and hold no number twice: a tensor of 2⁴⁰ equal numbers
    // takes no more than one in the file.
    let held = entry.size / type.size
    var count = 1
    var end = tensor.offset
    var overflow = false
    for (extent, step) in zip(tensor.shape, tensor.strides) {
      let product = count.multipliedReportingOverflow(by: extent)
      let reach = step.multipliedReportingOverflow(by: max(extent - 1, 0))
      let sum = end.addingReportingOverflow(reach.partialValue)
      (count, end) = (product.partialValue, sum.partialValue)
      overflow = overflow || product.overflow || reach.overflow || sum.overflow
    }
    guard !overflow, count == 0 || (end < held && count <= held) else {
      throw failure(
        .malformed,
        "has shape \(tensor.shape), strides \(tensor.strides) and offset \(tensor.offset), more than "
          + "the \(held.counted("number")) of its storage")
    }
    if count == 0 { return Tensor(zeros: Shape(tensor.shape)) }
    if last?.key != tensor.storage.key { last = (tensor.storage.key, try reader.read(entry)) }
    guard let bytes = last?.bytes else { throw failure(.missing, "the storage was not read") }
    if isContiguous(tensor) {
      let start = bytes.startIndex + tensor.offset * type.size
      let part = bytes[start..<start + count * type.size]
      return type == .float32
        ? Tensor(bytes: Data(part), shape: Shape(tensor.shape))
        : Tensor(type.floats(Data(part)), shape: Shape(tensor.shape))
    }
    let numbers = type.floats(bytes.prefix(held * type.size))
    var offsets = [tensor.offset]
    for (extent, step) in zip(tensor.shape, tensor.strides) {
      offsets = offsets.flatMap { offset in (0..<extent).map { offset + $0 * step } }
    }
    return Tensor(offsets.map { numbers[$0] }, shape: Shape(tensor.shape))
  }

  /// Whether the numbers lie in the order of the axes, without holes.
  private func isContiguous(_ tensor: Pickle.Tensor) -> Bool {
    var expected = 1
    for (extent, step) in zip(tensor.shape, tensor.strides).reversed() where extent != 1 {
      if step != expected { return false }
      expected *= extent
    }
    return true
  }
}

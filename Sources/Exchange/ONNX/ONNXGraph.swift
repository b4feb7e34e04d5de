import Foundation
import SwiftProtobuf
import Tensors

/// An ONNX graph under construction: values are named by the node that makes them.
struct ONNXGraph {
  private(set) var graph = Onnx_GraphProto()
  /// Constants by their numbers, so that each is stored once.
  private var constants: [[Int64]: String] = [:]

  /// A graph of this name.
  init(name: String) { graph.name = name }

  /// Adds a node with one output, which is named after it, and gives the output's name.
  @discardableResult
  mutating func add(
    _ operation: String, _ name: String, _ inputs: [String],
    attributes: [Onnx_AttributeProto] = []
  ) -> String {
    var node = Onnx_NodeProto()
    node.opType = operation
    node.name = name
    node.input = inputs
    node.output = [name]
    node.attribute = attributes
    graph.node.append(node)
    return name
  }

  /// Adds a tensor of float32 and gives its name.
  mutating func tensor(_ name: String, _ tensor: Tensor) -> String {
    var stored = Onnx_TensorProto()
    stored.name = name
    stored.dims = tensor.shape.dimensions.map(Int64.init)
    stored.dataType = Int32(Onnx_TensorProto.DataType.float.rawValue)
    var bytes = Data(capacity: tensor.count * MemoryLayout<Float>.size)
    tensor.forEachBlockOfBytes { bytes += $0 }
    stored.rawData = bytes
    graph.initializer.append(stored)
    return name
  }

  /// A list of integers, or one as a scalar; gives its name.
  mutating func integers(_ values: [Int64], isScalar: Bool = false) -> String {
    let key = values + [isScalar ? 1 : 0]
    if let name = constants[key] { return name }
    var stored = Onnx_TensorProto()
    let text = values.map(String.init).joined(separator: "_")
    stored.name = (isScalar ? "scalar_" : "list_") + text.replacing("-", with: "minus")
    stored.dims = isScalar ? [] : [Int64(values.count)]
    stored.dataType = Int32(Onnx_TensorProto.DataType.int64.rawValue)
    stored.rawData = LittleEndian.bytes(values)
    graph.initializer.append(stored)
    constants[key] = stored.name
    return stored.name
  }

  /// Declares an input or output of float32; extents are numbers or names.
  static func value(
    _ name: String, _ extents: [Extent], about text: String
  ) -> Onnx_ValueInfoProto {
    var value = Onnx_ValueInfoProto()
    value.name = name
    value.docString = text
    value.type.tensorType.elemType = Int32(Onnx_TensorProto.DataType.float.rawValue)
    value.type.tensorType.shape.dim = extents.map { extent in
      var dimension = Onnx_TensorShapeProto.Dimension()
      switch extent {
      case .fixed(let number): dimension.dimValue = Int64(number)
      case .any(let name): dimension.dimParam = name
      }
      return dimension
    }
    return value
  }

  /// The extent of an axis of an input or output.
  enum Extent {
    case fixed(Int)
    /// Any extent, the same wherever the name is.
    case any(String)
  }

  /// Adds an input and an output.
  mutating func declare(input: Onnx_ValueInfoProto, output: Onnx_ValueInfoProto) {
    graph.input.append(input)
    graph.output.append(output)
  }
}

extension Onnx_AttributeProto {
  /// A list of integers.
  static func integers(_ name: String, _ values: [Int]) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .ints
    attribute.ints = values.map(Int64.init)
    return attribute
  }

  /// An integer.
  static func integer(_ name: String, _ value: Int) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .int
    attribute.i = Int64(value)
    return attribute
  }

  /// A number.
  static func number(_ name: String, _ value: Double) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .float
    attribute.f = Float(value)
    return attribute
  }
}

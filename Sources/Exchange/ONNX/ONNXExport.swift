import Compute
import Foundation
import Networks
import Segmentation
import Tensors

/// Writes a model as an ONNX graph: input `[batch, 1, z, y, x]`, prepared as the model's metadata
/// tell; output `probability` `[batch, channels, z, y, x]`.
///
/// Every extent is free. As `UNet3D` does, the graph mirrors its input at the far ends up to a
/// multiple of 2^(levels − 1) and cuts the output back. Batch normalization uses the running
/// statistics, or those of the input, as the model does. Operator set 17 is that of ONNX 1.12
/// (2022).
package struct ONNXExport {
  /// The version of the operators.
  package static let operatorSet = 17
  private static let format = 8

  private let model: Model
  private let configuration: UNetConfiguration
  private let tensors: [String: Tensor]
  private var graph: ONNXGraph

  /// The bytes of an `.onnx` file.
  ///
  /// - Throws: where the network is larger than the 2 GiB of such a file.
  package static func bytes(_ model: Model, file: String) throws(WeightsError) -> Data {
    guard model.network.configuration.parameterCount < 500_000_000 else {
      throw WeightsError(.unwritable, file: file, "ONNX files hold at most 2 GiB")
    }
    var export = ONNXExport(model)
    export.build()
    var result = Onnx_ModelProto()
    result.irVersion = Int64(format)
    result.producerName = "morula"
    result.producerVersion = Version.current
    result.docString = "\(model.description.name): a 3D U-Net written by Morula"
    var operators = Onnx_OperatorSetIdProto()
    operators.domain = ""
    operators.version = Int64(operatorSet)
    result.opsetImport = [operators]
    result.graph = export.graph.graph
    for (key, value) in try model.metadata(file: file).sorted(by: { $0.key < $1.key }) {
      var entry = Onnx_StringStringEntryProto()
      entry.key = "morula.\(key)"
      entry.value = value
      result.metadataProps.append(entry)
    }
    do {
      return try result.serializedData()
    } catch {
      throw WeightsError(.unwritable, file: file, "\(error)")
    }
  }

  private init(_ model: Model) {
    self.model = model
    configuration = model.network.configuration
    tensors = model.network.tensors
    graph = ONNXGraph(name: model.description.name)
  }

  private mutating func build() {
    let axes: [ONNXGraph.Extent] = [.any("z"), .any("y"), .any("x")]
    graph.declare(
      input: ONNXGraph.value(
        "input", [.any("batch"), .fixed(configuration.inputs)] + axes,
        about: "scaled intensities on the network's grid"),
      output: ONNXGraph.value(
        "probability", [.any("batch"), .fixed(configuration.outputs)] + axes,
        about: model.description.output == .softmax
          ? "probabilities of background and foreground" : "the probability of foreground"))
    var x = mirrored("input")
    var skips: [String] = []
    for level in 0..<configuration.levels {
      if level > 0 {
        x = graph.add(
          "MaxPool", "encoder.\(level).pooling", [x],
          attributes: [.integers("kernel_shape", [2, 2, 2]), .integers("strides", [2, 2, 2])])
      }
      x = block(x, "encoder.\(level)")
      skips.append(x)
    }
    for level in (0..<configuration.levels - 1).reversed() {
      let name = "decoder.\(level)"
      x = graph.add(
        "ConvTranspose", "\(name).upsampling", [x] + weights("\(name).upsampling"),
        attributes: [.integers("kernel_shape", [2, 2, 2]), .integers("strides", [2, 2, 2])])
      x = graph.add(
        "Concat", "\(name).concatenation", [x, skips[level]], attributes: [.integer("axis", 1)])
      x = block(x, name)
    }
    x = graph.add(
      "Conv", "head", [x] + weights("head"), attributes: [.integers("kernel_shape", [1, 1, 1])])
    let shape = graph.add("Shape", "input.shape", ["input"])
    let extents = graph.add(
      "Slice", "input.extents", [shape, graph.integers([2]), graph.integers([5])])
    x = graph.add(
      "Slice", "cut", [x, graph.integers([0, 0, 0]), extents, graph.integers([2, 3, 4])])
    if model.description.output == .softmax {
      graph.add("Softmax", "probability", [x], attributes: [.integer("axis", 1)])
    } else {
      graph.add("Sigmoid", "probability", [x])
    }
  }

  /// The input, mirrored at the far ends of its axes without repeating the edge: along an axis of n
  /// voxels, of period p = 2 (n − 1), voxel i is taken from n − 1 − |n − 1 − i mod p|.
  private mutating func mirrored(_ input: String) -> String {
    guard configuration.multiple > 1 else { return input }
    let multiple = graph.integers([Int64(configuration.multiple)], isScalar: true)
    let rest = graph.integers([Int64(configuration.multiple) - 1], isScalar: true)
    let (zero, one) = (
      graph.integers([0], isScalar: true), graph.integers([1], isScalar: true)
    )
    let two = graph.integers([2], isScalar: true)
    var x = input
    for (axis, name) in [(2, "z"), (3, "y"), (4, "x")] {
      func label(_ text: String) -> String { "mirror.\(name).\(text)" }
      let shape = graph.add(
        "Shape", label("shape"), [input],
        attributes: [.integer("start", axis), .integer("end", axis + 1)])
      let count = graph.add("Squeeze", label("count"), [shape, graph.integers([0])])
      let raised = graph.add("Add", label("raised"), [count, rest])
      let blocks = graph.add("Div", label("blocks"), [raised, multiple])
      let padded = graph.add("Mul", label("padded"), [blocks, multiple])
      let last = graph.add("Sub", label("last"), [count, one])
      let double = graph.add("Mul", label("double"), [last, two])
      let period = graph.add("Max", label("period"), [double, one])
      let indices = graph.add("Range", label("places"), [zero, padded, one])
      let phase = graph.add("Mod", label("phase"), [indices, period])
      let distance = graph.add("Sub", label("distance"), [last, phase])
      let magnitude = graph.add("Abs", label("magnitude"), [distance])
      let source = graph.add("Sub", label("source"), [last, magnitude])
      x = graph.add(
        "Gather", "mirror.\(name)", [x, source], attributes: [.integer("axis", axis)])
    }
    return x
  }

  /// Twice convolution, batch normalization, ReLU.
  private mutating func block(_ input: String, _ name: String) -> String {
    var x = input
    for step in 0..<2 {
      let convolution = "\(name).convolution.\(step)"
      let kernel = configuration.kernel
      x = graph.add(
        "Conv", convolution, [x] + weights(convolution),
        attributes: [
          .integers("kernel_shape", [kernel, kernel, kernel]),
          .integers("pads", Array(repeating: kernel / 2, count: 6)),
        ])
      x = normalization(x, "\(name).normalization.\(step)")
      x = graph.add("Relu", "\(name).activation.\(step)", [x])
    }
    return x
  }

  private mutating func normalization(_ input: String, _ name: String) -> String {
    let epsilon = Onnx_AttributeProto.number("epsilon", configuration.epsilon)
    if model.network.inferenceStatistics == .running {
      let statistics = ["running_mean", "running_var"].map { stored("\(name).\($0)") }
      return graph.add(
        "BatchNormalization", name, [input] + weights(name) + statistics, attributes: [epsilon])
    }
    // Over samples and voxels, as one instance whose first spatial axis holds the samples: with the
    // batch as an axis of the volume, [N, C, …] becomes [C, N, …] and [1, C, N · voxels].
    let turned = graph.add(
      "Transpose", "\(name).turned", [input], attributes: [.integers("perm", [1, 0, 2, 3, 4])])
    let shape = graph.add("Shape", "\(name).shape", [turned])
    let flat = graph.add(
      "Reshape", "\(name).flat", [turned, channelRows(name)])
    let normal = graph.add(
      "InstanceNormalization", "\(name).normal", [flat] + weights(name), attributes: [epsilon])
    let restored = graph.add("Reshape", "\(name).restored", [normal, shape])
    return graph.add(
      "Transpose", name, [restored], attributes: [.integers("perm", [1, 0, 2, 3, 4])])
  }

  /// The shape [1, C, all].
  private mutating func channelRows(_ name: String) -> String {
    graph.integers([1, Int64(tensors["\(name).weight"]?.count ?? 1), -1])
  }

  /// Stores weight and bias of a layer and gives their names.
  private mutating func weights(_ name: String) -> [String] {
    [stored("\(name).weight"), stored("\(name).bias")]
  }

  private mutating func stored(_ name: String) -> String {
    guard let tensor = tensors[name] else {
      preconditionFailure("the network has no \(name)")
    }
    return graph.tensor(name, tensor)
  }
}

import Exchange
import Foundation
import SwiftProtobuf
import Tensors

/// Runs an ONNX graph slowly, in Double, operator by operator as the specification words them: what
/// any other program makes of the file, without one.
struct GraphRunner {
  /// An array, row-major; integers are held as doubles.
  struct Value {
    var shape: [Int]
    var numbers: [Double]
  }

  let model: Onnx_ModelProto
  private var values: [String: Value] = [:]

  init(_ bytes: Data) throws {
    model = try Onnx_ModelProto(serializedBytes: bytes)
    for tensor in model.graph.initializer {
      let numbers =
        tensor.dataType == 1
        ? LittleEndian.array(tensor.rawData, of: Float.self).map { Double($0) }
        : LittleEndian.array(tensor.rawData, of: Int64.self).map { Double($0) }
      values[tensor.name] = Value(shape: tensor.dims.map { Int($0) }, numbers: numbers)
    }
  }

  /// The first output for one input.
  mutating func run(_ input: Tensor) throws -> Value {
    values[model.graph.input[0].name] = Value(
      shape: input.shape.dimensions, numbers: input.scalars.map { Double($0) })
    for node in model.graph.node {
      let inputs = try node.input.map { name in
        guard let value = values[name] else { throw CocoaError(.keyValueValidation) }
        return value
      }
      values[node.output[0]] = try result(node, inputs)
    }
    return values[model.graph.output[0].name] ?? Value(shape: [], numbers: [])
  }

  private func result(_ node: Onnx_NodeProto, _ x: [Value]) throws -> Value {
    func ints(_ name: String) -> [Int] {
      node.attribute.first { $0.name == name }?.ints.map { Int($0) } ?? []
    }
    func int(_ name: String) -> Int? {
      node.attribute.first { $0.name == name }.map { Int($0.i) }
    }
    func each(_ body: (Double, Double) -> Double) -> Value {
      // One of them may be a scalar.
      let (a, b) = (x[0], x[1])
      if a.numbers.count >= b.numbers.count, b.shape.isEmpty {
        return Value(shape: a.shape, numbers: a.numbers.map { body($0, b.numbers[0]) })
      }
      if a.shape.isEmpty {
        return Value(shape: b.shape, numbers: b.numbers.map { body(a.numbers[0], $0) })
      }
      precondition(a.shape == b.shape, "shapes of \(node.name)")
      return Value(shape: a.shape, numbers: zip(a.numbers, b.numbers).map(body))
    }
    let first = x.first ?? Value(shape: [], numbers: [])
    switch node.opType {
    case "Shape":
      let part = first.shape[(int("start") ?? 0)..<(int("end") ?? first.shape.count)]
      return Value(shape: [part.count], numbers: part.map(Double.init))
    case "Squeeze": return Value(shape: [], numbers: first.numbers)
    case "Add": return each(+)
    case "Sub": return each(-)
    case "Mul": return each(*)
    case "Div": return each { ($0 / $1).rounded(.towardZero) }
    case "Max": return each(max)
    case "Mod": return each { $0 - $1 * ($0 / $1).rounded(.down) }
    case "Abs": return Value(shape: first.shape, numbers: first.numbers.map(abs))
    case "Range":
      let numbers = Array(stride(from: x[0].numbers[0], to: x[1].numbers[0], by: x[2].numbers[0]))
      return Value(shape: [numbers.count], numbers: numbers)
    case "Relu": return Value(shape: first.shape, numbers: first.numbers.map { max($0, 0) })
    case "Sigmoid":
      return Value(shape: first.shape, numbers: first.numbers.map { 1 / (1 + exp(-$0)) })
    case "Gather": return gather(first, x[1], axis: int("axis") ?? 0)
    case "Concat": return concatenation(x, axis: int("axis") ?? 0)
    case "Slice": return slice(x)
    case "Reshape":
      var shape = x[1].numbers.map { Int($0) }
      let known = shape.filter { $0 >= 0 }.reduce(1, *)
      shape = shape.map { $0 < 0 ? first.numbers.count / known : $0 }
      return Value(shape: shape, numbers: first.numbers)
    case "Transpose": return transposed(first, ints("perm"))
    case "Softmax": return softmax(first)
    case "Conv": return convolution(x, pads: ints("pads"))
    case "ConvTranspose": return upsampling(x)
    case "MaxPool": return pooling(first)
    case "BatchNormalization", "InstanceNormalization":
      return normalization(
        x, epsilon: Double(node.attribute.first { $0.name == "epsilon" }?.f ?? 1e-5))
    default: throw CocoaError(.featureUnsupported)
    }
  }

  // MARK: - Shapes

  /// An array whose element at each index is a function of the index.
  private func made(_ shape: [Int], _ element: ([Int]) -> Double) -> Value {
    var numbers: [Double] = []
    numbers.reserveCapacity(shape.reduce(1, *))
    var place = [Int](repeating: 0, count: shape.count)
    for _ in 0..<shape.reduce(1, *) {
      numbers.append(element(place))
      var axis = shape.count - 1
      while axis >= 0 {
        place[axis] += 1
        if place[axis] < shape[axis] { break }
        place[axis] = 0
        axis -= 1
      }
    }
    return Value(shape: shape, numbers: numbers)
  }

  private func at(_ value: Value, _ place: [Int]) -> Double {
    value.numbers[zip(place, value.shape).reduce(0) { $0 * $1.1 + $1.0 }]
  }

  private func gather(_ x: Value, _ indices: Value, axis: Int) -> Value {
    var shape = x.shape
    shape[axis] = indices.numbers.count
    return made(shape) { place in
      var source = place
      source[axis] = Int(indices.numbers[place[axis]])
      return at(x, source)
    }
  }

  private func concatenation(_ x: [Value], axis: Int) -> Value {
    var shape = x[0].shape
    shape[axis] += x[1].shape[axis]
    return made(shape) { place in
      var source = place
      if place[axis] < x[0].shape[axis] { return at(x[0], place) }
      source[axis] -= x[0].shape[axis]
      return at(x[1], source)
    }
  }

  private func slice(_ x: [Value]) -> Value {
    let axes = x.count > 3 ? x[3].numbers.map { Int($0) } : Array(x[1].numbers.indices)
    var shape = x[0].shape
    var start = [Int](repeating: 0, count: shape.count)
    for (index, axis) in axes.enumerated() {
      start[axis] = Int(x[1].numbers[index])
      shape[axis] = min(Int(x[2].numbers[index]), shape[axis]) - start[axis]
    }
    return made(shape) { place in at(x[0], zip(place, start).map { $0 + $1 }) }
  }

  private func transposed(_ x: Value, _ order: [Int]) -> Value {
    made(order.map { x.shape[$0] }) { place in
      var source = place
      for (axis, from) in order.enumerated() { source[from] = place[axis] }
      return at(x, source)
    }
  }

  // MARK: - Layers

  private func softmax(_ x: Value) -> Value {
    made(x.shape) { place in
      var sum = 0.0
      for channel in 0..<x.shape[1] {
        var other = place
        other[1] = channel
        sum += exp(at(x, other))
      }
      return exp(at(x, place)) / sum
    }
  }

  private func convolution(_ x: [Value], pads: [Int]) -> Value {
    let (input, weight) = (x[0], x[1])
    let pad = pads.first ?? 0
    let kernel = weight.shape[2]
    let shape = [input.shape[0], weight.shape[0]] + input.shape[2...]
    let (depth, height, width) = (input.shape[2], input.shape[3], input.shape[4])
    let channels = weight.shape[1]
    return made(shape) { place in
      var sum = x[2].numbers[place[1]]
      for channel in 0..<channels {
        let plane = (place[0] * channels + channel) * depth
        let window = (place[1] * channels + channel) * kernel
        for i in 0..<kernel {
          let z = place[2] + i - pad
          for j in 0..<kernel where z >= 0 && z < depth {
            let y = place[3] + j - pad
            for k in 0..<kernel where y >= 0 && y < height {
              let column = place[4] + k - pad
              guard column >= 0, column < width else { continue }
              sum +=
                input.numbers[((plane + z) * height + y) * width + column]
                * weight.numbers[((window + i) * kernel + j) * kernel + k]
            }
          }
        }
      }
      return sum
    }
  }

  private func upsampling(_ x: [Value]) -> Value {
    let shape = [x[0].shape[0], x[1].shape[1]] + x[0].shape[2...].map { 2 * $0 }
    return made(shape) { place in
      (0..<x[1].shape[0]).reduce(x[2].numbers[place[1]]) { sum, channel in
        sum + at(x[0], [place[0], channel] + place[2...].map { $0 / 2 })
          * at(x[1], [channel, place[1]] + place[2...].map { $0 % 2 })
      }
    }
  }

  private func pooling(_ x: Value) -> Value {
    made(Array(x.shape[..<2]) + x.shape[2...].map { $0 / 2 }) { place in
      var largest = -Double.infinity
      for corner in 0..<8 {
        largest = max(
          largest,
          at(
            x,
            [
              place[0], place[1], 2 * place[2] + corner / 4, 2 * place[3] + corner / 2 % 2,
              2 * place[4] + corner % 2,
            ]))
      }
      return largest
    }
  }

  /// With the given statistics, or those of each sample and channel.
  private func normalization(_ x: [Value], epsilon: Double) -> Value {
    let channels = x[0].shape[1]
    let voxels = x[0].shape[2...].reduce(1, *)
    var result = x[0]
    for plane in 0..<x[0].shape[0] * channels {
      let range = plane * voxels..<(plane + 1) * voxels
      let numbers = x[0].numbers[range]
      let channel = plane % channels
      let mean =
        x.count > 3 ? x[3].numbers[channel] : numbers.reduce(0, +) / Double(voxels)
      let variance =
        x.count > 3
        ? x[4].numbers[channel]
        : numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(voxels)
      let scale = x[1].numbers[channel] / (variance + epsilon).squareRoot()
      for index in range {
        result.numbers[index] = (result.numbers[index] - mean) * scale + x[2].numbers[channel]
      }
    }
    return result
  }
}

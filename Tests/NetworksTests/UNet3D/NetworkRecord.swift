import Compute
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// A file of `Fixtures/<network>`: what PyTorch computed with a network whose weights, input and
/// target this side computes too (`Fixtures/networks.py`).
struct NetworkRecord: CustomTestStringConvertible {
  /// The records there are: full-width NSN with both heads, reduced 3D U-Net and NDN.
  static let names = ["nsn", "nsn-softmax", "unet", "ndn"]

  let name: String
  let file: SafeTensors
  let configuration: UNetConfiguration

  var testDescription: String { name }

  init(_ name: String) throws {
    self.name = name
    let file = try Fixture.load("\(name)/\(name)", bundle: .module)
    func integer(_ key: String) throws -> Int {
      try #require(file.metadata[key].flatMap { Int($0) })
    }
    self.file = file
    configuration = try UNetConfiguration(
      levels: integer("levels"), base: integer("base"), kernel: integer("kernel"),
      outputs: integer("out_channels"),
      epsilon: file.metadata["eps"].flatMap(Double.init) ?? 1e-5)
  }

  /// Integers of the metadata, for example "1,1,16,16,16".
  private func integers(_ key: String) throws -> [Int] {
    try #require(file.metadata[key]).split(separator: ",").map { try #require(Int($0)) }
  }

  /// The names of the parameters and of the normalizations, in order.
  func list(_ key: String) throws -> [String] {
    try #require(file.metadata[key]).split(separator: ",").map(String.init)
  }

  /// The network with the hashed weights.
  func network() throws -> UNet3D {
    let names = try list("parameters")
    var network = try UNet3D(configuration)
    var visited: [String] = []
    try network.forEachParameter { (parameter: inout Parameter) throws in
      visited.append(parameter.name)
      let stream = try #require(names.firstIndex(of: parameter.name), "\(parameter.name)")
      parameter.value = HashedNumbers.parameter(
        parameter.name, shape: parameter.value.shape, stream: stream)
    }
    #expect(visited == names)
    return network
  }

  /// The input, and the target: 1 or class 1 inside a ball.
  func sample() throws -> (input: Tensor, target: Tensor) {
    let shape = Shape(try integers("shape"))
    let (numbers, noise) = (try integers("balls"), try integers("noise")[0])
    let balls = stride(from: 0, to: numbers.count, by: 5).map { Array(numbers[$0..<$0 + 5]) }
    var (input, target) = (Tensor(zeros: shape), Tensor(zeros: shape))
    for index in 0..<shape.count {
      let (x, y) = (index % shape.width, index / shape.width % shape.height)
      let (z, n) = (index / shape.width / shape.height % shape.depth, index / shape.voxels)
      let isInside = balls.contains { ball in
        let (dz, dy, dx) = (z - ball[1], y - ball[2], x - ball[3])
        return n == ball[0] && dz * dz + dy * dy + dx * dx < ball[4]
      }
      let texture = HashedNumbers.uniform(stream: (1 << 20) + noise, index)
      input[index] = Float(0.5 * (isInside ? 1 : 0) + 0.5 * texture)
      target[index] = isInside ? 1 : 0
    }
    return (input, target)
  }

  /// Every `stride`-th element, as stored.
  func strided(_ tensor: Tensor) throws -> [Double] {
    let step = try integers("stride")[0]
    return stride(from: 0, to: tensor.count, by: step).map { Double(tensor[$0]) }
  }

  /// The loss and its gradient.
  func loss(_ logits: Tensor, target: Tensor) throws -> (value: Double, gradient: Tensor) {
    try file.metadata["loss"] == "dice"
      ? DiceLoss.reproduction(logits, target: target)
      : CrossEntropyLoss()(logits, target: target)
  }

  /// The optimizer before its first step.
  func optimizer() throws -> any Optimizer {
    let rate = try #require(file.metadata["rate"].flatMap(Double.init))
    return file.metadata["optimizer"] == "adam"
      ? Adam(learningRate: rate) : SGD(learningRate: rate, momentum: 0.9)
  }
}

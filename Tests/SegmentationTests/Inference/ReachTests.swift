import Compute
import Networks
import Tensors
import TestSupport
import Testing

/// The reach of a network, measured by impulses.
@Suite struct ReachTests {
  /// A network of positive weights without biases: an impulse changes every voxel that depends on
  /// it.
  static func positive(_ architecture: UNetConfiguration) throws -> UNet3D {
    var network = try UNet3D(architecture)
    network.forEachParameter { parameter in
      let isBias = parameter.name.hasSuffix(".bias")
      // Their mean keeps the signal's size; γ stays 1 and all biases 0.
      let terms = Float(parameter.value.count / parameter.value.shape[0])
      if !isBias, parameter.value.shape.rank > 1 {
        parameter.value = Tensor(repeating: 4 / terms, shape: parameter.value.shape)
      }
    }
    return network
  }

  /// The voxels along x whose output depends on the input at `index`.
  static func footprint(
    _ network: UNet3D, index: Int, width: Int
  ) throws -> ClosedRange<Int> {
    let edge = network.configuration.multiple
    let shape = Shape(batch: 1, channels: 1, depth: edge, height: edge, width: width)
    var input = Tensor(zeros: shape)
    for line in 0..<edge * edge { input[line * width + index] = 1 }
    var workspace = Workspace()
    let logits = try network.predict(input, workspace: &workspace).scalars
    let touched = logits.indices.filter { logits[$0] != 0 }.map { $0 % width }
    return try #require(touched.min())...(try #require(touched.max()))
  }

  @Test(arguments: [(1, 3), (2, 3), (3, 3), (4, 3), (1, 5), (2, 5), (3, 5), (2, 7)])
  func reachIsSufficientAndTight(levels: Int, kernel: Int) throws {
    let architecture = UNetConfiguration(levels: levels, base: 1, kernel: kernel)
    let network = try Self.positive(architecture)
    let (multiple, reach) = (architecture.multiple, architecture.reach)
    let middle = reach + multiple
    let width = 2 * middle + 2 * multiple
    // The inputs that an aligned block of outputs needs beyond its own ends.
    var needed = 0
    for index in middle..<middle + multiple {
      let range = try Self.footprint(network, index: index, width: width)
      #expect(range.lowerBound > 0 && range.upperBound < width - 1)
      let start = range.upperBound / multiple * multiple
      let end = (range.lowerBound / multiple + 1) * multiple
      needed = max(needed, start - index, index - end + 1)
    }
    #expect(needed <= reach)
    // One step less would not be enough.
    #expect(needed > reach - multiple)
    #expect(reach.isMultiple(of: multiple))
  }
}

import Compute
import Foundation
import Tensors
import TestSupport
import Testing

/// Transposed convolution against PyTorch (`Fixtures/transposed-convolution/make.py`) and its
/// adjoint.
@Suite struct TransposedConvolutionTests {
  @Test(arguments: [
    "same_channels", "other_channels", "one_channel", "many_channels", "one_voxel",
    "thin_batch2",
  ])
  func outputAndGradientsEqualPyTorch(name: String) throws {
    let file = try Fixture.load("transposed-convolution/\(name)", bundle: .module)
    let (magnitudes, terms) = (try file.tensor("magnitudes"), try file.tensor("terms"))
    func error(_ result: Tensor, _ name: String, _ index: Int) throws -> Double {
      try largestDifference(result, file.tensor(name))
        / Tolerance.sum(terms: Int(terms[index]), magnitude: Double(magnitudes[index]))
    }
    let (input, weight) = (try file.tensor("input"), try file.tensor("weight"))
    let upstream = try file.tensor("upstream")
    var workspace = Workspace()
    let output = try TransposedConvolution.forward(
      input, weight: weight, bias: file.tensor("bias"), geometry: .halving, workspace: &workspace)
    #expect(try error(output, "output", 0) <= 1)
    let inputGradient = try TransposedConvolution.inputGradient(
      upstream, weight: weight, geometry: .halving, workspace: &workspace)
    #expect(try error(inputGradient, "inputGradient", 1) <= 1)
    let weightGradient = try TransposedConvolution.weightGradient(
      upstream, input: input, geometry: .halving, workspace: &workspace)
    #expect(try error(weightGradient, "weightGradient", 2) <= 1)
    #expect(try error(Convolution.biasGradient(upstream), "biasGradient", 3) <= 1)
  }

  /// For any geometry the output is what the definition's transpose gives, in Double.
  @Test(arguments: 0..<20) func equalsTheTransposeOfTheReference(seed: Int) throws {
    let example = try RandomConvolution(seed: 2000 + seed)
    let extents = TransposedConvolution.output(
      for: example.upstream.shape.extents, geometry: example.geometry)
    guard [extents.depth, extents.height, extents.width].allSatisfy({ $0 >= 1 }) else { return }
    let shape = Shape.activation(
      batch: example.input.shape.batch, channels: example.input.shape.channels, extents: extents)
    var workspace = Workspace()
    // Read backwards, a weight [out, in, …] is the transposed convolution's [in, out, …].
    let output = try TransposedConvolution.forward(
      example.upstream, weight: example.weight, geometry: example.geometry, workspace: &workspace)
    let expected = try ReferenceConvolution.inputGradient(
      example.upstream, weight: example.weight, input: shape, geometry: example.geometry)
    let absolute = try ReferenceConvolution.inputGradient(
      example.upstream.magnitudes, weight: example.weight.magnitudes, input: shape,
      geometry: example.geometry)
    #expect(output.shape == shape)
    #expect(
      largestDifference(output, expected)
        <= Tolerance.sum(terms: example.terms.inputGradient, magnitude: absolute.max()!))
  }

  @Test func sameBitsForAnyThreadCount() throws {
    var generator = SeededGenerator(seed: 47)
    let input = Tensor.normal([2, 33, 5, 7, 6], using: &generator)
    let weight = Tensor.normal([33, 31, 2, 2, 2], using: &generator)
    let upstream = Tensor.normal([2, 31, 10, 14, 12], using: &generator)
    let isEqual = try isEqualForAnyThreadCount {
      var workspace = Workspace()
      return try [
        TransposedConvolution.forward(
          input, weight: weight, geometry: .halving, workspace: &workspace
        ).bits,
        TransposedConvolution.inputGradient(
          upstream, weight: weight, geometry: .halving, workspace: &workspace
        ).bits,
        TransposedConvolution.weightGradient(
          upstream, input: input, geometry: .halving, workspace: &workspace
        ).bits,
      ]
    }
    #expect(isEqual)
  }

  @Test func tensorsThatDoNotFitAreRefused() {
    var workspace = Workspace()
    #expect(throws: ShapeError.self) {
      try TransposedConvolution.forward(
        Tensor(zeros: [1, 3, 2, 2, 2]), weight: Tensor(zeros: [4, 3, 2, 2, 2]),
        geometry: .halving, workspace: &workspace)
    }
    #expect(throws: ShapeError.self) {
      try TransposedConvolution.forward(
        Tensor(zeros: [1, 3, 2, 2, 2]), weight: Tensor(zeros: [3, 4, 2, 2, 2]),
        bias: Tensor(zeros: [3]), geometry: .halving, workspace: &workspace)
    }
  }
}

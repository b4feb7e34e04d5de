import Compute
import Tensors
import TestSupport
import Testing

/// Convolution against its Double reference, its adjoint and itself on other thread counts.
@Suite struct ConvolutionPropertyTests {
  /// Sizes that cut into several channel blocks, tiles, groups and products.
  struct Layer: CustomTestStringConvertible {
    let inputs, outputs, kernel: Int
    let extents: SpatialAxes
    var batch = 1
    var testDescription: String { "\(batch)×\(inputs)→\(outputs), kernel \(kernel), \(extents)" }

    func random() throws -> RandomConvolution {
      var generator = SeededGenerator(seed: 43, stream: UInt64(inputs), UInt64(outputs))
      return try RandomConvolution(
        .same(kernel: kernel), batch: batch, inputs: inputs, outputs: outputs, extents: extents,
        generator: &generator)
    }
  }

  static let layers = [
    Layer(inputs: 1, outputs: 16, kernel: 3, extents: [13, 17, 11]),
    Layer(inputs: 37, outputs: 5, kernel: 3, extents: [5, 9, 7], batch: 2),
    Layer(inputs: 23, outputs: 70, kernel: 3, extents: [7, 6, 9]),
    Layer(inputs: 12, outputs: 12, kernel: 5, extents: [9, 6, 10]),
    Layer(inputs: 33, outputs: 9, kernel: 1, extents: [11, 13, 17]),
    Layer(inputs: 300, outputs: 2, kernel: 1, extents: [5, 6, 7]),
    Layer(inputs: 65, outputs: 66, kernel: 3, extents: [2, 2, 2], batch: 3),
  ]

  @Test(arguments: 0..<60) func randomGeometryEqualsReference(seed: Int) throws {
    let random = try RandomConvolution(seed: seed)
    var workspace = Workspace()
    let errors = try random.errors(workspace: &workspace)
    #expect(errors.max()! <= 1, "\(random.geometry) on \(random.input.shape): \(errors)")
  }

  @Test(arguments: layers) func layerEqualsReference(layer: Layer) throws {
    var workspace = Workspace()
    let errors = try layer.random().errors(workspace: &workspace)
    #expect(errors.max()! <= 1, "\(errors)")
  }

  /// ⟨A x, y⟩ = ⟨x, Aᵀ y⟩ = ⟨w, ∂⟨A x, y⟩/∂w⟩: the convolution is linear in x and in w.
  @Test(arguments: 0..<30) func gradientsAreAdjoint(seed: Int) throws {
    let example = try RandomConvolution(seed: 1000 + seed)
    var workspace = Workspace()
    let output = try Convolution.forward(
      example.input, weight: example.weight, geometry: example.geometry, workspace: &workspace)
    let results = try example.run(workspace: &workspace)
    let product = output.dot(example.upstream)
    let absolute = try Convolution.forward(
      example.input.magnitudes, weight: example.weight.magnitudes, geometry: example.geometry,
      workspace: &workspace)
    let tolerance = Tolerance.sum(
      terms: max(example.terms.output, example.terms.inputGradient, example.terms.weightGradient),
      magnitude: absolute.dot(example.upstream.magnitudes))
    #expect(abs(product - example.input.dot(results.inputGradient)) <= tolerance)
    #expect(abs(product - example.weight.dot(results.weightGradient)) <= tolerance)
  }

  @Test(arguments: layers) func sameBitsForAnyThreadCount(layer: Layer) throws {
    let example = try layer.random()
    let isEqual = try isEqualForAnyThreadCount {
      var workspace = Workspace()
      let results = try example.run(workspace: &workspace)
      return [results.output.bits, results.inputGradient.bits, results.weightGradient.bits]
    }
    #expect(isEqual)
  }

  /// Scratch left by one layer does not leak into the next.
  @Test func sharedWorkspaceGivesTheSameBits() throws {
    var shared = Workspace()
    for layer in Self.layers {
      let example = try layer.random()
      var fresh = Workspace()
      let (a, b) = (try example.run(workspace: &shared), try example.run(workspace: &fresh))
      #expect(a.output.isIdentical(to: b.output))
      #expect(a.inputGradient.isIdentical(to: b.inputGradient))
      #expect(a.weightGradient.isIdentical(to: b.weightGradient))
    }
  }
}

import Compute
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Convolution against PyTorch in float64 (`Fixtures/convolution/make.py`).
@Suite struct ConvolutionFixtureTests {
  static let names = [
    "kernel1", "kernel1_stride2", "kernel3_same", "kernel3_valid", "kernel3_first_layer",
    "kernel3_many_channels", "kernel3_batch2", "kernel3_padding012", "kernel3_stride2",
    "kernel3_stride123", "kernel3_dilation2", "kernel3_dilation123_stride2", "kernel3_thin",
    "kernel5_same", "kernel5_thin", "kernel5_padding1", "kernel135", "kernel2_stride2",
  ]

  /// What a file of `Fixtures/convolution` holds.
  struct Case {
    let file: SafeTensors
    let geometry: ConvolutionGeometry
    let input, weight, bias, upstream: Tensor

    init(_ name: String) throws {
      file = try Fixture.load("convolution/\(name)", bundle: .module)
      let metadata = file.metadata
      func axes(_ key: String) throws -> SpatialAxes {
        let values = try #require(metadata[key]).split(separator: ",").compactMap { Int($0) }
        return SpatialAxes(values[0], values[1], values[2])
      }
      geometry = try ConvolutionGeometry(
        kernel: axes("kernel"), stride: axes("stride"), padding: axes("padding"),
        dilation: axes("dilation"))
      input = try file.tensor("input")
      weight = try file.tensor("weight")
      bias = try file.tensor("bias")
      upstream = try file.tensor("upstream")
    }

    /// The difference of the `index`-th result from PyTorch's, in units of its tolerance.
    func error(_ result: Tensor, _ name: String, _ index: Int) throws -> Double {
      let magnitude = try Double(file.tensor("magnitudes")[index])
      let terms = try Int(file.tensor("terms")[index])
      return try largestDifference(result, file.tensor(name))
        / Tolerance.sum(terms: terms, magnitude: magnitude)
    }
  }

  @Test(arguments: names) func outputAndGradientsEqualPyTorch(name: String) throws {
    let example = try Case(name)
    var workspace = Workspace()
    let output = try Convolution.forward(
      example.input, weight: example.weight, bias: example.bias, geometry: example.geometry,
      workspace: &workspace)
    #expect(try example.error(output, "output", 0) <= 1)
    let inputGradient = try Convolution.inputGradient(
      example.upstream, weight: example.weight, extents: example.input.shape.extents,
      geometry: example.geometry,
      workspace: &workspace)
    #expect(try example.error(inputGradient, "inputGradient", 1) <= 1)
    let weightGradient = try Convolution.weightGradient(
      example.upstream, input: example.input, geometry: example.geometry, workspace: &workspace)
    #expect(try example.error(weightGradient, "weightGradient", 2) <= 1)
    #expect(try example.error(Convolution.biasGradient(example.upstream), "biasGradient", 3) <= 1)
  }

  /// The Double reference differs from PyTorch's float64 only by the file's rounding to float32.
  @Test(arguments: names) func referenceEqualsPyTorch(name: String) throws {
    let example = try Case(name)
    let magnitudes = try example.file.tensor("magnitudes").scalars.map {
      Tolerance.ulp * Double($0)
    }
    let output = try ReferenceConvolution.forward(
      example.input, weight: example.weight, bias: example.bias, geometry: example.geometry)
    #expect(try largestDifference(example.file.tensor("output"), output) <= magnitudes[0])
    let inputGradient = try ReferenceConvolution.inputGradient(
      example.upstream, weight: example.weight, input: example.input.shape,
      geometry: example.geometry)
    #expect(
      try largestDifference(example.file.tensor("inputGradient"), inputGradient) <= magnitudes[1])
    let weightGradient = try ReferenceConvolution.weightGradient(
      example.upstream, input: example.input, geometry: example.geometry)
    #expect(
      try largestDifference(example.file.tensor("weightGradient"), weightGradient) <= magnitudes[2])
  }
}

import Compute
import Tensors
import TestSupport

/// A random convolution: geometry, input, weight, bias and a gradient of the output.
struct RandomConvolution {
  let geometry: ConvolutionGeometry
  let input, weight, bias, upstream: Tensor

  /// The window's products behind one output, and behind one input gradient.
  var terms: (output: Int, inputGradient: Int, weightGradient: Int) {
    (
      weight.shape[1] * geometry.taps + 1, weight.shape[0] * geometry.taps,
      upstream.shape.batch * upstream.shape.voxels
    )
  }

  /// Small extents (often 1), any stride, padding and dilation, channels off the vector widths.
  init(seed: Int) throws {
    var generator = SeededGenerator(seed: 41, stream: UInt64(seed))
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    func axes(_ range: ClosedRange<Int>) -> SpatialAxes {
      SpatialAxes(draw(range), draw(range), draw(range))
    }
    while true {
      let candidate = try ConvolutionGeometry(
        kernel: axes(1...5), stride: axes(1...3), padding: axes(0...3), dilation: axes(1...3))
      let extents = axes(1...9)
      guard (try? candidate.output(for: extents)) != nil else { continue }
      self = try RandomConvolution(
        candidate, batch: draw(1...3), inputs: draw(1...11), outputs: draw(1...19),
        extents: extents, generator: &generator)
      return
    }
  }

  init(
    _ geometry: ConvolutionGeometry, batch: Int, inputs: Int, outputs: Int, extents: SpatialAxes,
    generator: inout SeededGenerator
  ) throws {
    self.geometry = geometry
    let kernel = geometry.kernel
    input = .normal(
      .activation(batch: batch, channels: inputs, extents: extents), using: &generator)
    weight = .normal(
      [outputs, inputs, kernel.depth, kernel.height, kernel.width], using: &generator)
    bias = .normal([outputs], using: &generator)
    upstream = .normal(
      .activation(batch: batch, channels: outputs, extents: try geometry.output(for: extents)),
      using: &generator)
  }

  /// All results of the fast path.
  func run(
    workspace: inout Workspace
  ) throws -> (output: Tensor, inputGradient: Tensor, weightGradient: Tensor) {
    (
      try Convolution.forward(
        input, weight: weight, bias: bias, geometry: geometry, workspace: &workspace),
      try Convolution.inputGradient(
        upstream, weight: weight, extents: input.shape.extents, geometry: geometry,
        workspace: &workspace),
      try Convolution.weightGradient(
        upstream, input: input, geometry: geometry, workspace: &workspace)
    )
  }

  /// The differences of the fast results from the Double reference, in units of their tolerances.
  func errors(workspace: inout Workspace) throws -> [Double] {
    let results = try run(workspace: &workspace)
    func tolerance(_ terms: Int, _ absolute: [Double]) -> Double {
      Tolerance.sum(terms: terms, magnitude: absolute.max()!)
    }
    let (x, w, b, dy) = (
      input.magnitudes, weight.magnitudes, bias.magnitudes, upstream.magnitudes
    )
    return try [
      largestDifference(
        results.output,
        ReferenceConvolution.forward(input, weight: weight, bias: bias, geometry: geometry))
        / tolerance(
          terms.output, ReferenceConvolution.forward(x, weight: w, bias: b, geometry: geometry)),
      largestDifference(
        results.inputGradient,
        ReferenceConvolution.inputGradient(
          upstream, weight: weight, input: input.shape, geometry: geometry))
        / tolerance(
          terms.inputGradient,
          ReferenceConvolution.inputGradient(
            dy, weight: w, input: input.shape, geometry: geometry)),
      largestDifference(
        results.weightGradient,
        ReferenceConvolution.weightGradient(upstream, input: input, geometry: geometry))
        / tolerance(
          terms.weightGradient,
          ReferenceConvolution.weightGradient(dy, input: x, geometry: geometry)),
    ]
  }
}

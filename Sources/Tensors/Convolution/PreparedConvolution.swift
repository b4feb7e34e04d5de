import CKernels
import Compute

/// A convolution with fixed weights, made once and applied many times: to every tile and frame of a
/// prediction, or to every slab of planes of a layer.
public final class PreparedConvolution: Sendable {
  /// The weight `[out, in, z, y, x]`, before ``scales``.
  public let weight: Tensor
  /// A factor per output channel of the weight (not of the bias), for example that of batch
  /// normalization; nil for 1.
  public let scales: [Double]?
  /// The bias `[out]`.
  public let bias: Tensor?
  /// How the window moves.
  public let geometry: ConvolutionGeometry
  /// Whether max(0, ·) follows; NaN passes through.
  public let relu: Bool
  /// Whether the weights stay for many inputs. Those of a training step do not: transforming them
  /// counts, and tiles are the ones of training.
  public let isKept: Bool
  /// The weights at the points of the transforms in use, made once for each.
  private let weights = Guarded<[SpatialAxes: FastWeights]>([:])
  /// The scaled weight, made if an algorithm reads it as it is.
  private let scaled = Guarded<Tensor?>(nil)

  /// A convolution; throws if weight, scales and bias do not fit the geometry or each other.
  ///
  /// Scaled weights are made when they are needed and, at the points of transforms, kept: the
  /// weight itself stays shared with its other owners.
  public init(
    weight: Tensor, scales: [Double]? = nil, bias: Tensor?, geometry: ConvolutionGeometry,
    relu: Bool, isKept: Bool = true
  ) throws(ShapeError) {
    guard weight.shape.rank == 5, weight.shape.extents == geometry.kernel, weight.shape[0] > 0,
      weight.shape[1] > 0
    else {
      throw ShapeError(
        "convolution weight", expected: "[out, in, \(geometry.kernel)]", found: "\(weight.shape)")
    }
    if let bias, bias.shape != [weight.shape[0]] {
      throw ShapeError(
        "convolution bias", expected: "\(Shape([weight.shape[0]]))", found: "\(bias.shape)")
    }
    if let scales, scales.count != weight.shape[0] {
      throw ShapeError(
        "convolution scales", expected: "\(weight.shape[0])", found: "\(scales.count)")
    }
    self.weight = weight
    self.scales = scales
    self.bias = bias
    self.geometry = geometry
    self.relu = relu
    self.isKept = isKept
  }

  /// The output `[N, out, D', H', W']` of a stack of `in` channels.
  public func callAsFunction(
    _ input: ChannelStack, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try Convolution.checkWeight(weight, geometry: geometry, inputChannels: input.shape)
    let extents = try geometry.output(for: input.shape.extents)
    if let fast = fast(input.shape.extents, batch: input.shape.batch, output: extents) {
      var output = Tensor(
        uninitialized: Shape(
          batch: input.shape.batch, channels: weight.shape[0], extents: extents))
      run(fast, input.parts.map { ChannelStack.Part($0) }, into: &output, workspace: &workspace)
      return output
    }
    var output = try Convolution.forward(
      input, weight: scaledWeight(), bias: bias, geometry: geometry, workspace: &workspace)
    if relu { output.clampToPositive() }
    return output
  }

  /// The weight times its scales, made once.
  private func scaledWeight() -> Tensor {
    if scales == nil { return weight }
    return scaled.withLock { known in
      if let tensor = known { return tensor }
      let tensor = makeScaledWeight()
      known = tensor
      return tensor
    }
  }

  /// The weight times its scales, in Double and rounded once.
  private func makeScaledWeight() -> Tensor {
    guard let scales else { return weight }
    var result = Tensor(uninitialized: weight.shape)
    let count = weight.count / scales.count
    result.withMutablePointer { target in
      weight.withPointer { source in
        let (target, source) = (DisjointPointer(target), SharedPointer(source))
        Parallel.forEach(scales.count) { output, _ in
          for index in output * count..<(output + 1) * count {
            target[index] = Float(scales[output] * Double(source[index]))
          }
        }
      }
    }
    return result
  }

  /// The fast convolution of the plan, nil if it is im2col.
  private func fast(
    _ input: SpatialAxes, batch: Int, output: SpatialAxes, firstPlane: Int = 0
  ) -> FastConvolution? {
    let problem = ConvolutionProblem(
      geometry: geometry, batch: batch, inputChannels: weight.shape[1],
      outputChannels: weight.shape[0], output: output, pass: .forward, isPrepared: isKept)
    return ConvolutionPlanner.plan(problem).fast?.reading(input, firstPlane: firstPlane)
  }

  private func run(
    _ fast: FastConvolution, _ parts: [ChannelStack.Part], into output: inout Tensor,
    workspace: inout Workspace
  ) {
    let epilogue = ConvolutionEpilogue(bias: bias?.scalars ?? [], relu: relu)
    // Weights that serve once need no memory of their own.
    if !isKept, fast.output == output.shape.extents {
      return fast.forward(
        parts, weights: .plain(scaledWeight()), epilogue: epilogue, into: &output,
        workspace: &workspace)
    }
    let transformed = weights.withLock { known in
      if let weights = known[fast.tile] { return weights }
      let weights = fast.weights(of: makeScaledWeight())
      known[fast.tile] = weights
      return weights
    }
    fast.forward(
      parts, weights: .prepared(transformed),
      epilogue: epilogue, into: &output,
      workspace: &workspace)
  }

  /// Writes planes `planes` of the output, from those planes of the input that they need.
  ///
  /// - Parameters:
  ///   - parts: The input, stacked along the channels. Every part holds at least the planes of the
  ///     input under the windows of `planes`; what lies beyond the whole input is zero.
  ///   - planes: The planes of `output` to write.
  ///   - output: The whole output `[N, out, D', H', W']`.
  ///   - workspace: Scratch memory.
  /// - Throws: if the window moves by more than 1 in z, shapes differ, or planes are missing.
  public func callAsFunction(
    _ parts: [ChannelStack.Part], planes: Range<Int>, into output: inout Tensor,
    workspace: inout Workspace
  ) throws(ShapeError) {
    let needed = try inputPlanes(for: planes, of: output.shape)
    for part in parts {
      guard part.planes.lowerBound <= needed.inside.lowerBound,
        part.planes.upperBound >= needed.inside.upperBound
      else {
        throw ShapeError(
          "convolution by slabs", expected: "planes \(needed.inside) of the input",
          found: "\(part.planes)")
      }
    }
    let span = geometry.dilation.depth * (geometry.kernel.depth - 1)
    let wanted = SpatialAxes(planes.count, output.shape.height, output.shape.width)
    if let first = parts.first?.tensor.shape,
      parts.reduce(0, { $0 + $1.tensor.shape.channels }) == weight.shape[1],
      parts.allSatisfy({ $0.tensor.shape.isSlab(like: first) }),
      first.batch == output.shape.batch, output.shape.channels == weight.shape[0],
      let fast = fast(
        SpatialAxes(
          output.shape.depth + span - 2 * geometry.padding.depth, first.height, first.width),
        batch: first.batch, output: wanted, firstPlane: planes.lowerBound),
      try geometry.output(for: fast.input) == output.shape.extents
    {
      run(fast, parts, into: &output, workspace: &workspace)
    } else {
      try runBySlabs(parts, planes: planes, into: &output, workspace: &workspace)
    }
  }

  /// Planes of the output from copies of those of the input under their windows, a few at a time so
  /// that the copies stay small.
  private func runBySlabs(
    _ parts: [ChannelStack.Part], planes: Range<Int>, into output: inout Tensor,
    workspace: inout Workspace
  ) throws(ShapeError) {
    let flat = try ConvolutionGeometry(
      kernel: geometry.kernel, stride: geometry.stride,
      padding: SpatialAxes(0, geometry.padding.height, geometry.padding.width),
      dilation: geometry.dilation)
    guard output.shape.channels == weight.shape[0] else {
      throw ShapeError(
        "convolution by slabs", expected: "an output of \(weight.shape[0].counted("channel"))",
        found: "\(output.shape)")
    }
    for start in stride(from: planes.lowerBound, to: planes.upperBound, by: 4) {
      let some = start..<min(planes.upperBound, start + 4)
      let needed = try inputPlanes(for: some, of: output.shape)
      let slab = try ChannelStack(
        parts.map { part in
          // Planes of the whole input that this part lacks are beyond it, and zero.
          part.tensor.planes(
            needed.all.shifted(by: -part.firstPlane),
            of: needed.inside.shifted(by: -part.firstPlane))
        })
      var result = try Convolution.forward(
        slab, weight: scaledWeight(), bias: bias, geometry: flat, workspace: &workspace)
      if relu { result.clampToPositive() }
      guard result.shape.batch == output.shape.batch,
        result.shape.height == output.shape.height, result.shape.width == output.shape.width
      else {
        throw ShapeError(
          "convolution by slabs", expected: "planes of \(output.shape)", found: "\(result.shape)")
      }
      output.replacePlanes(from: start, by: result)
    }
  }

  /// The planes of the input under the windows of output planes: all of them, and those inside.
  private func inputPlanes(
    for planes: Range<Int>, of output: Shape
  ) throws(ShapeError) -> (all: Range<Int>, inside: Range<Int>) {
    try output.requireActivation("convolution by slabs")
    guard geometry.stride.depth == 1, planes.lowerBound >= 0, !planes.isEmpty,
      planes.upperBound <= output.depth
    else {
      throw ShapeError(
        "convolution by slabs",
        expected: "stride 1 in z and some of the \(output.depth) planes of the output",
        found: "\(geometry) and planes \(planes)")
    }
    let span = geometry.dilation.depth * (geometry.kernel.depth - 1)
    let padding = geometry.padding.depth
    let depth = output.depth + span - 2 * padding
    let all = planes.lowerBound - padding..<planes.upperBound + span - padding
    return (all, all.clamped(to: 0..<max(0, depth)))
  }
}

extension Shape {
  /// Whether only channels and planes differ.
  fileprivate func isSlab(like other: Shape) -> Bool {
    rank == 5 && batch == other.batch && height == other.height && width == other.width
  }
}

extension Range<Int> {
  fileprivate func shifted(by distance: Int) -> Range<Int> {
    lowerBound + distance..<upperBound + distance
  }
}

extension Tensor {
  /// max(0, ·) of every element; NaN passes through.
  fileprivate mutating func clampToPositive() {
    let count = count
    withMutablePointer { pointer in
      let pointer = DisjointPointer(pointer)
      Parallel.forEachChunk(of: count, size: 1 << 16) { range in
        kernels.relu(pointer + range.lowerBound, pointer + range.lowerBound, range.count)
      }
    }
  }
}

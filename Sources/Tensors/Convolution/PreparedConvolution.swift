import CKernels
import Compute

/// A convolution with fixed weights, made once and applied many times: to every tile and frame of a
/// prediction, or to every slab of a layer.
public final class PreparedConvolution: Sendable {
  /// The weight `[out, in, z, y, x]`.
  public let weight: Tensor
  /// The bias `[out]`.
  public let bias: Tensor?
  /// How the window moves.
  public let geometry: ConvolutionGeometry
  /// Whether max(0, ·) follows; NaN passes through.
  public let relu: Bool

  /// A convolution; throws where weight and bias do not fit the geometry or each other.
  public init(
    weight: Tensor, bias: Tensor?, geometry: ConvolutionGeometry, relu: Bool
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
    self.weight = weight
    self.bias = bias
    self.geometry = geometry
    self.relu = relu
  }

  /// The output `[N, out, D', H', W']` of a stack of `in` channels.
  public func callAsFunction(
    _ input: ChannelStack, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    guard weight.shape[1] == input.shape.channels else {
      throw ShapeError(
        "convolution weight", expected: "[out, \(input.shape.channels), z, y, x] for this stack",
        found: "\(weight.shape)")
    }
    let extents = try geometry.output(for: input.shape.extents)
    if input.parts.count > 1, geometry.stride.depth == 1 {
      var output = Tensor(
        uninitialized: Shape(
          batch: input.shape.batch, channels: weight.shape[0], extents: extents))
      try self(
        input.parts.map { ChannelStack.Part($0) }, planes: 0..<extents.depth, into: &output,
        workspace: &workspace)
      return output
    }
    var joined = input.parts[0]
    for part in input.parts.dropFirst() { joined = try Channels.concatenate(joined, part) }
    var output = try Convolution.forward(
      joined, weight: weight, bias: bias, geometry: geometry, workspace: &workspace)
    if relu { output.clampToPositive() }
    return output
  }

  /// Writes planes `planes` of the output, from those planes of the input that they need.
  ///
  /// - Parameters:
  ///   - parts: The input, stacked along the channels. Every part holds at least the planes of the
  ///     input under the windows of `planes`; what lies beyond the whole input is zero.
  ///   - planes: The planes of `output` to write.
  ///   - output: The whole output `[N, out, D', H', W']`.
  /// - Throws: where the window moves by more than 1 in z, shapes differ, or planes are missing.
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
    let flat = try ConvolutionGeometry(
      kernel: geometry.kernel, stride: geometry.stride,
      padding: SpatialAxes(0, geometry.padding.height, geometry.padding.width),
      dilation: geometry.dilation)
    guard output.shape.channels == weight.shape[0] else {
      throw ShapeError(
        "convolution by slabs", expected: "an output of \(weight.shape[0]) channels",
        found: "\(output.shape)")
    }
    // A few planes at a time, so that the copies stay small.
    let size = max(1, (1 << 12) / (output.shape.height * output.shape.width))
    for start in stride(from: planes.lowerBound, to: planes.upperBound, by: size) {
      let some = start..<min(planes.upperBound, start + size)
      let needed = try inputPlanes(for: some, of: output.shape)
      let slab = try joined(parts, planes: needed)
      var result = try Convolution.forward(
        slab, weight: weight, bias: bias, geometry: flat, workspace: &workspace)
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

  /// Planes of all parts, one after the other along the channels; zero beyond the whole input.
  private func joined(
    _ parts: [ChannelStack.Part], planes: (all: Range<Int>, inside: Range<Int>)
  ) throws(ShapeError) -> Tensor {
    let whole = try ChannelStack.shape(
      of: parts.map { part in
        Shape(
          batch: part.tensor.shape.batch, channels: part.tensor.shape.channels,
          depth: planes.all.count, height: part.tensor.shape.height,
          width: part.tensor.shape.width)
      })
    var slab = Tensor(uninitialized: whole)
    var channel = 0
    for part in parts {
      slab.replaceChannels(
        from: channel, by: part.tensor, planes: planes.all.shifted(by: -part.firstPlane),
        of: planes.inside.shifted(by: -part.firstPlane))
      channel += part.tensor.shape.channels
    }
    return slab
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
      nonisolated(unsafe) let pointer = pointer
      Parallel.forEachChunk(of: count, size: 1 << 16) { range in
        kernels.relu(pointer + range.lowerBound, pointer + range.lowerBound, range.count)
      }
    }
  }
}

import Compute
import Tensors

/// The way into a decoder level: the level below is upsampled, stacked with the skip as
/// [upsampled, skip], and convolved.
///
/// Large levels are computed in slabs of planes: of the upsampled activation, which is by far the
/// largest of a network, only the planes under the windows of one slab exist at a time.
struct UpsampledConvolution: Sendable {
  private let weight: Tensor
  private let bias: Tensor
  /// "Same" padding, stride 1.
  private let convolution: PreparedConvolution

  init(_ upsampling: TransposedConvolutionLayer, _ convolution: PreparedConvolution) {
    weight = upsampling.weight.value
    bias = upsampling.bias.value
    self.convolution = convolution
  }

  /// The output, of the skip's extents.
  func callAsFunction(
    below: Tensor, skip: Tensor, slabBytes: Int, progress: WorkSpan? = nil,
    workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    let (channels, depth) = (below.shape.channels, skip.shape.depth)
    let planeBytes =
      skip.shape.batch * channels * skip.shape.height * skip.shape.width
      * MemoryLayout<Float>.stride
    let size = Self.slabDepth(depth, planeBytes: planeBytes, slabBytes: slabBytes)
    if size == depth {
      let upsampled = try upsample(below, workspace: &workspace)
      return try convolution(ChannelStack([upsampled, skip]), workspace: &workspace)
    }
    var output = Tensor(
      uninitialized: skip.shape.with(channels: convolution.weight.shape[0]))
    for start in stride(from: 0, to: depth, by: size) {
      let planes = start..<min(depth, start + size)
      let sources = Self.sources(
        of: planes, reach: convolution.geometry.padding.depth, depth: below.shape.depth)
      let upsampled = try upsample(below.planes(sources), workspace: &workspace)
      try convolution(
        [
          ChannelStack.Part(upsampled, firstPlane: 2 * sources.lowerBound),
          ChannelStack.Part(skip),
        ], planes: planes, into: &output, workspace: &workspace)
      progress?.report(Double(planes.upperBound) / Double(depth))
    }
    return output
  }

  private func upsample(
    _ below: Tensor, workspace: inout Workspace
  ) throws(ShapeError) -> Tensor {
    try TransposedConvolution.forward(
      below, weight: weight, bias: bias, geometry: .halving, workspace: &workspace)
  }

  /// The planes of the level below from which the planes under the windows of `planes` are made.
  static func sources(of planes: Range<Int>, reach: Int, depth: Int) -> Range<Int> {
    let first = max(0, planes.lowerBound - reach) / 2
    let end = (planes.upperBound + reach + 1) / 2
    return first..<min(depth, end)
  }

  /// The planes of a slab of a level of `depth` planes, by size alone: all where they fit in
  /// `slabBytes` or an eighth of the level, else slabs as equal as can be of about as many as do.
  static func slabDepth(_ depth: Int, planeBytes: Int, slabBytes: Int) -> Int {
    let fitting = max(slabBytes, depth * planeBytes / 8) / max(1, planeBytes)
    if fitting >= depth { return depth }
    let slabs = depth.parts(of: max(4, fitting))
    // Multiples of 4: the tiles of fast convolutions.
    return min(depth, depth.parts(of: slabs).roundedUp(to: 4))
  }

  /// The size up to which an upsampled activation is made at once.
  static let slabBytes = 64 << 20
}

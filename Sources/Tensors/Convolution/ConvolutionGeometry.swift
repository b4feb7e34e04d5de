import CKernels

/// How a convolution window moves: validated once, trusted by every path from then on.
///
/// The same geometry serves the convolution and, read backwards, the transposed convolution.
public struct ConvolutionGeometry: Hashable, Sendable, CustomStringConvertible {
  /// The taps of the window.
  public let kernel: SpatialAxes
  /// The step of the window.
  public let stride: SpatialAxes
  /// The zeros assumed around the input, on either side.
  public let padding: SpatialAxes
  /// The distance between taps.
  public let dilation: SpatialAxes

  /// A geometry; throws unless kernel, stride and dilation are at least 1 and padding at least 0.
  public init(
    kernel: SpatialAxes, stride: SpatialAxes = 1, padding: SpatialAxes = 0,
    dilation: SpatialAxes = 1
  ) throws(ShapeError) {
    guard kernel.allSatisfy({ $0 >= 1 }), stride.allSatisfy({ $0 >= 1 }),
      dilation.allSatisfy({ $0 >= 1 }), padding.allSatisfy({ $0 >= 0 })
    else {
      throw ShapeError(
        "convolution geometry",
        expected: "kernel, stride and dilation of at least 1, padding of at least 0",
        found: "kernel \(kernel), stride \(stride), padding \(padding), dilation \(dilation)")
    }
    self.init(
      uncheckedKernel: kernel, stride: stride, padding: padding, dilation: dilation)
  }

  private init(
    uncheckedKernel kernel: SpatialAxes, stride: SpatialAxes, padding: SpatialAxes,
    dilation: SpatialAxes
  ) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  /// An odd kernel with stride 1 and the padding that keeps the extents.
  public static func same(kernel: Int) throws(ShapeError) -> ConvolutionGeometry {
    guard kernel >= 1, !kernel.isMultiple(of: 2) else {
      throw ShapeError("same-size convolution", expected: "an odd kernel", found: "\(kernel)")
    }
    return ConvolutionGeometry(
      uncheckedKernel: SpatialAxes(kernel), stride: 1, padding: SpatialAxes(kernel / 2),
      dilation: 1)
  }

  /// A 2×2×2 window that moves by 2, without padding: halves every axis.
  public static let halving = ConvolutionGeometry(
    uncheckedKernel: 2, stride: 2, padding: 0, dilation: 1)

  /// The number of taps, kz · ky · kx.
  public var taps: Int { kernel.product }

  /// As `3×3×3, stride 1×1×1, padding 1×1×1, dilation 1×1×1`.
  public var description: String {
    "\(kernel), stride \(stride), padding \(padding), dilation \(dilation)"
  }

  /// The extents of the output for an input of `extents`; throws if the window does not fit.
  public func output(for extents: SpatialAxes) throws(ShapeError) -> SpatialAxes {
    func along(_ axis: KeyPath<SpatialAxes, Int>) -> Int {
      let span = dilation[keyPath: axis] * (kernel[keyPath: axis] - 1) + 1
      let room = extents[keyPath: axis] + 2 * padding[keyPath: axis] - span
      return room < 0 ? 0 : room / stride[keyPath: axis] + 1
    }
    let output = SpatialAxes(along(\.depth), along(\.height), along(\.width))
    guard output.allSatisfy({ $0 >= 1 }) else {
      throw ShapeError(
        "convolution \(self)", expected: "an input at least as large as the window",
        found: "\(extents)")
    }
    return output
  }

  /// Whether the window is a single voxel that visits every voxel once.
  var isPointwise: Bool { taps == 1 && stride == 1 && padding == 0 }

  /// Whether no input voxel lies under two windows.
  var hasDisjointWindows: Bool {
    zip(dilation.array, zip(kernel.array, stride.array)).allSatisfy { $0 * ($1.0 - 1) < $1.1 }
  }

  /// The geometry of the convolution with flipped weights that computes the input gradient; nil
  /// if it is not one (strides, or padding wider than the window).
  var inputGradientGeometry: ConvolutionGeometry? {
    let padding = SpatialAxes(
      dilation.depth * (kernel.depth - 1) - padding.depth,
      dilation.height * (kernel.height - 1) - padding.height,
      dilation.width * (kernel.width - 1) - padding.width)
    guard stride == 1, padding.allSatisfy({ $0 >= 0 }) else { return nil }
    return ConvolutionGeometry(
      uncheckedKernel: kernel, stride: 1, padding: padding, dilation: dilation)
  }

  /// The geometry as the kernels read it.
  func kernelGeometry(input: SpatialAxes, output: SpatialAxes) -> ck_convolution {
    func axes(_ a: SpatialAxes) -> (Int, Int, Int) { (a.depth, a.height, a.width) }
    return ck_convolution(
      input: axes(input), output: axes(output), kernel: axes(kernel), stride: axes(stride),
      padding: axes(padding), dilation: axes(dilation))
  }
}

extension Shape {
  /// The spatial extents of an activation.
  public var extents: SpatialAxes { SpatialAxes(depth, height, width) }

  /// An activation of these spatial extents.
  init(batch: Int, channels: Int, extents: SpatialAxes) {
    self.init(
      batch: batch, channels: channels, depth: extents.depth, height: extents.height,
      width: extents.width)
  }
}

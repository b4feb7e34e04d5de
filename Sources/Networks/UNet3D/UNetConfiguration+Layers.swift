import Tensors

extension UNetConfiguration {
  /// All convolutions of the network for an input of `extents`, in the order in which they run.
  ///
  /// Extents are those after padding to ``multiple``.
  ///
  /// - Throws: `ShapeError` where no such network exists or an extent is below 1.
  public func convolutions(for extents: SpatialAxes) throws(ShapeError) -> [PlacedConvolution] {
    try validate()
    guard min(extents.depth, extents.height, extents.width) >= 1 else {
      throw ShapeError("U-Net", expected: "extents of at least 1", found: "\(extents)")
    }
    return try convolutions.map { (convolution) throws(ShapeError) in
      try PlacedConvolution(convolution, extents: self.extents(extents, at: convolution.inputLevel))
    }
  }
}

extension PlacedConvolution {
  /// A convolution of a network for an input of `extents`.
  fileprivate init(_ convolution: UNetConvolution, extents: SpatialAxes) throws(ShapeError) {
    if convolution.kind == .upsampling {
      self.init(
        doubling: convolution.name, inputs: convolution.inputs, outputs: convolution.outputs,
        extents: extents)
    } else {
      try self.init(
        name: convolution.name, inputs: convolution.inputs, outputs: convolution.outputs,
        kernel: convolution.kernel, extents: extents)
    }
  }
}

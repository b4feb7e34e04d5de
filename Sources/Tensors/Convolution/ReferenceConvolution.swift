/// The convolution and its gradients as their definitions read, in Double: slow, and what every
/// fast path is tested against.
public enum ReferenceConvolution {
  /// The output `[N, out, D', H', W']`, as in `Convolution.forward`.
  public static func forward(
    _ input: Tensor, weight: Tensor, bias: Tensor? = nil, geometry: ConvolutionGeometry
  ) throws(ShapeError) -> [Double] {
    let output = try geometry.output(for: input.shape.extents)
    let (x, w, b) = (input.scalars, weight.scalars, bias?.scalars)
    let outputs = weight.shape[0]
    var y = [Double](repeating: 0, count: input.shape.batch * outputs * output.product)
    if let b {
      for i in y.indices { y[i] = Double(b[i / output.product % outputs]) }
    }
    forEachProduct(input.shape, outputs: outputs, geometry: geometry, output: output) {
      y[$2] += Double(w[$1]) * Double(x[$0])
    }
    return y
  }

  /// The gradient of the input `[N, in, D, H, W]`.
  public static func inputGradient(
    _ gradient: Tensor, weight: Tensor, input: Shape, geometry: ConvolutionGeometry
  ) throws(ShapeError) -> [Double] {
    let output = try geometry.output(for: input.extents)
    let (dy, w) = (gradient.scalars, weight.scalars)
    var dx = [Double](repeating: 0, count: input.count)
    forEachProduct(input, outputs: weight.shape[0], geometry: geometry, output: output) {
      dx[$0] += Double(w[$1]) * Double(dy[$2])
    }
    return dx
  }

  /// The gradient of the weight `[out, in, z, y, x]`.
  public static func weightGradient(
    _ gradient: Tensor, input: Tensor, geometry: ConvolutionGeometry
  ) throws(ShapeError) -> [Double] {
    let output = try geometry.output(for: input.shape.extents)
    let (dy, x) = (gradient.scalars, input.scalars)
    let outputs = gradient.shape.channels
    var dw = [Double](repeating: 0, count: outputs * input.shape.channels * geometry.taps)
    forEachProduct(input.shape, outputs: outputs, geometry: geometry, output: output) {
      dw[$1] += Double(dy[$2]) * Double(x[$0])
    }
    return dw
  }

  /// Visits the offsets (input, weight, output) of every product in the definition.
  private static func forEachProduct(
    _ input: Shape, outputs: Int, geometry: ConvolutionGeometry, output: SpatialAxes,
    _ body: (_ input: Int, _ weight: Int, _ output: Int) -> Void
  ) {
    let (kernel, inputs) = (geometry.kernel, input.channels)
    func position(_ axis: KeyPath<SpatialAxes, Int>, _ out: Int, _ tap: Int) -> Int? {
      let at =
        out * geometry.stride[keyPath: axis] + tap * geometry.dilation[keyPath: axis]
        - geometry.padding[keyPath: axis]
      return at >= 0 && at < input.extents[keyPath: axis] ? at : nil
    }
    for n in 0..<input.batch {
      for od in 0..<output.depth {
        for kd in 0..<kernel.depth {
          guard let id = position(\.depth, od, kd) else { continue }
          for oh in 0..<output.height {
            for kh in 0..<kernel.height {
              guard let ih = position(\.height, oh, kh) else { continue }
              for ow in 0..<output.width {
                for kw in 0..<kernel.width {
                  guard let iw = position(\.width, ow, kw) else { continue }
                  for o in 0..<outputs {
                    for c in 0..<inputs {
                      body(
                        (((n * inputs + c) * input.depth + id) * input.height + ih) * input.width
                          + iw,
                        (((o * inputs + c) * kernel.depth + kd) * kernel.height + kh)
                          * kernel.width + kw,
                        (((n * outputs + o) * output.depth + od) * output.height + oh)
                          * output.width + ow)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

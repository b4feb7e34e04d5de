/// Activations of equal batch and extents, read one after the other along the channel axis.
///
/// Convolutions read the parts in place: the concatenation never exists.
public struct ChannelStack: Sendable {
  /// The parts `[N, Cᵢ, D, H, W]`, the first channels first.
  public let parts: [Tensor]
  /// The shape of the whole, `[N, Σ Cᵢ, D, H, W]`.
  public let shape: Shape

  /// A stack of at least one activation; throws if batch or extents differ.
  public init(_ parts: [Tensor]) throws(ShapeError) {
    shape = try Self.shape(of: parts.map(\.shape))
    self.parts = parts
  }

  /// The channels of every part.
  public var channels: [Int] { parts.map(\.shape.channels) }

  /// The shape of activations stacked; throws if batch or extents differ.
  static func shape(of shapes: [Shape]) throws(ShapeError) -> Shape {
    guard let first = shapes.first else {
      throw ShapeError("channel stack", expected: "at least one activation", found: "none")
    }
    for shape in shapes {
      try shape.requireActivation("channel stack")
      guard shape.with(channels: 1) == first.with(channels: 1) else {
        throw ShapeError(
          "channel stack", expected: "equal batch and extents, \(first)", found: "\(shape)")
      }
    }
    return first.with(channels: shapes.reduce(0) { $0 + $1.channels })
  }
}

extension ChannelStack {
  /// A part of a stack of which only some planes exist: planes `planes` of a larger activation.
  public struct Part: Sendable {
    /// The planes there are, `[N, C, planes.count, H, W]`.
    public let tensor: Tensor
    /// Where the first of them lies in the whole activation.
    public let firstPlane: Int

    /// Planes of an activation from `firstPlane` on; a whole activation starts at 0.
    public init(_ tensor: Tensor, firstPlane: Int = 0) {
      precondition(firstPlane >= 0, "planes are counted from 0")
      self.tensor = tensor
      self.firstPlane = firstPlane
    }

    /// The planes of the whole activation that exist.
    public var planes: Range<Int> { firstPlane..<firstPlane + tensor.shape.depth }
  }
}

/// The extents of a tensor, slowest axis first.
///
/// Activations are `[N, C, D, H, W]`: batch, channels, depth (z), height (y), width (x).
public struct Shape: Hashable, Sendable, Codable, ExpressibleByArrayLiteral, CustomStringConvertible
{
  /// The extent of each axis.
  public let dimensions: [Int]

  /// A shape with these extents, none of them negative.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "extents are not negative: \(dimensions)")
    self.dimensions = dimensions
  }

  /// A shape with these extents, none of them negative.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// An activation `[N, C, D, H, W]`.
  public init(batch: Int, channels: Int, depth: Int, height: Int, width: Int) {
    self.init([batch, channels, depth, height, width])
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }
  /// The number of elements.
  public var count: Int { dimensions.reduce(1, *) }

  /// The extent of one axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// The extents as `[2, 1, 64, 64, 64]`.
  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}

/// The axes of an activation `[N, C, D, H, W]`.
extension Shape {
  /// N: samples.
  public var batch: Int { dimensions[0] }
  /// C: channels.
  public var channels: Int { dimensions[1] }
  /// D: planes, z.
  public var depth: Int { dimensions[2] }
  /// H: rows, y.
  public var height: Int { dimensions[3] }
  /// W: columns, x.
  public var width: Int { dimensions[4] }
  /// D × H × W, the voxels of one channel.
  public var voxels: Int { dimensions[2] * dimensions[3] * dimensions[4] }

  /// The same activation with another number of channels.
  public func with(channels: Int) -> Shape {
    Shape([dimensions[0], channels] + dimensions[2...])
  }

  /// Throws unless this is an activation `[N, C, D, H, W]` with at least one voxel.
  public func requireActivation(_ operation: String) throws(ShapeError) {
    guard rank == 5, dimensions.allSatisfy({ $0 > 0 }) else {
      throw ShapeError(operation, expected: "[N, C, D, H, W], each at least 1", found: "\(self)")
    }
  }
}

/// One integer per spatial axis, in the order z, y, x.
public struct SpatialAxes: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Along z.
  public var depth: Int
  /// Along y.
  public var height: Int
  /// Along x.
  public var width: Int

  /// Values for z, y and x.
  public init(_ depth: Int, _ height: Int, _ width: Int) {
    self.depth = depth
    self.height = height
    self.width = width
  }

  /// The same value on every axis.
  public init(_ value: Int) { self.init(value, value, value) }

  /// As `3×3×3` (z, y, x).
  public var description: String { "\(depth)×\(height)×\(width)" }

  /// The product over the axes.
  public var product: Int { depth * height * width }

  /// The values as an array, z first.
  var array: [Int] { [depth, height, width] }

  func map(_ transform: (Int) -> Int) -> SpatialAxes {
    SpatialAxes(transform(depth), transform(height), transform(width))
  }

  func allSatisfy(_ predicate: (Int) -> Bool) -> Bool { array.allSatisfy(predicate) }
}

extension SpatialAxes: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  /// The same value on every axis.
  public init(integerLiteral value: Int) { self.init(value) }

  /// Three values: z, y, x.
  public init(arrayLiteral elements: Int...) {
    precondition(elements.count == 3, "spatial axes take three values, z, y and x")
    self.init(elements[0], elements[1], elements[2])
  }
}

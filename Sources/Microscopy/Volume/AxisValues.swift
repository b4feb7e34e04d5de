/// Three values, one along each axis of a volume, that are read and written by the axis as well as
/// by their names.
public protocol AxisValues {
  /// What stands along an axis.
  associatedtype Value
  /// The value along z.
  var z: Value { get set }
  /// The value along y.
  var y: Value { get set }
  /// The value along x.
  var x: Value { get set }
}

extension AxisValues {
  /// The value along an axis.
  @inlinable
  public subscript(axis: Axis) -> Value {
    get {
      switch axis {
      case .z: z
      case .y: y
      case .x: x
      }
    }
    set {
      switch axis {
      case .z: z = newValue
      case .y: y = newValue
      case .x: x = newValue
      }
    }
  }
}

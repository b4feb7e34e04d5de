/// A box on the voxel grid of a volume; it may reach beyond the volume on any side.
///
/// Padding, cropping and undoing either are all views of a volume through a window.
public struct Window: Hashable, Sendable, Codable {
  /// The first voxel of the box on the volume's grid; negative where the box begins outside.
  public var origin: VoxelIndex
  /// The extents of the box.
  public var extent: Extent

  /// A box of `extent` from `origin`.
  public init(origin: VoxelIndex, extent: Extent) {
    self.origin = origin
    self.extent = extent
  }

  /// Where a volume lies within a window that is larger or smaller.
  public enum Alignment: String, Sendable, Codable {
    /// In the middle; an odd voxel is added or removed at the end.
    case center
    /// At the first voxel: all padding or cropping happens at the end.
    case start
  }

  /// The box of `extent` around (or inside) a volume of extent `source`, axis by axis.
  public init(fitting extent: Extent, to source: Extent, alignment: Alignment = .center) {
    func begin(_ axis: Axis) -> Int {
      alignment == .start ? 0 : (source[axis] - extent[axis]) / 2
    }
    self.init(origin: VoxelIndex(z: begin(.z), y: begin(.y), x: begin(.x)), extent: extent)
  }

  /// The box that shows the original grid, of extent `source`, on the volume seen through this one.
  public func inverse(for source: Extent) -> Window {
    Window(
      origin: VoxelIndex(z: -origin.z, y: -origin.y, x: -origin.x), extent: source)
  }

  /// Whether the box lies wholly inside a volume of extent `source`.
  public func isInside(_ source: Extent) -> Bool {
    Axis.allCases.allSatisfy {
      origin[$0] >= 0 && extent[$0] >= 0 && origin[$0] <= source[$0] - extent[$0]
    }
  }
}

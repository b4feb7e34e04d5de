/// Where the samples of an OME-Zarr image lie, as its metadata state it: for label images, which lie
/// on their image only with the same numbers and units.
package struct ZarrGrid: Sendable, Hashable {
  /// An axis.
  struct Axis: Sendable, Hashable {
    /// `t`, `c`, `z`, `y` or `x`.
    let name: String
    /// The unit, nil if none is stated.
    let unit: String?
    /// The distance of samples.
    let scale: Double
    /// Where the first sample lies.
    let offset: Double
  }

  private let axes: [Axis]

  /// The grid of an image; without a usable scale samples are 1 apart.
  init(_ multiscales: ZarrMultiscales) {
    let names = multiscales.axes ?? []
    let (factors, offsets) = (multiscales.scale?.factors, multiscales.scale?.offsets)
    axes = names.enumerated().map { index, name in
      Axis(
        name: name,
        unit: multiscales.units.indices.contains(index) ? multiscales.units[index] : nil,
        scale: factors?[index] ?? 1, offset: factors == nil ? 0 : offsets?[index] ?? 0)
    }
  }

  /// The axis of a name; one of steps of 1 if the image has none.
  subscript(name: String) -> Axis {
    axes.first { $0.name == name } ?? Axis(name: name, unit: nil, scale: 1, offset: 0)
  }
}

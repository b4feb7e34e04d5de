extension Volume {
  /// The volume seen through a window: its voxels where they overlap, the border elsewhere.
  @specialized(where Voxel == Float)
  @specialized(where Voxel == UInt8)
  @specialized(where Voxel == UInt16)
  @specialized(where Voxel == UInt32)
  @specialized(where Voxel == Bool)
  public func viewed(through window: Window, outside: Border<Voxel>) -> Volume<Voxel> {
    precondition(
      extent.count > 0 || window.extent.count == 0, "a volume without voxels has no border")
    var filler: Voxel?
    if case .value(let value) = outside { filler = value }
    let planes = Self.sources(extent.depth, window.origin.z, window.extent.depth, filler == nil)
    let rows = Self.sources(extent.height, window.origin.y, window.extent.height, filler == nil)
    let columns = Self.sources(extent.width, window.origin.x, window.extent.width, filler == nil)
    // The columns that fall on the volume itself are copied as one run.
    let first = min(max(0, -window.origin.x), window.extent.width)
    let last = min(max(first, extent.width - window.origin.x), window.extent.width)

    var result: [Voxel] = []
    result.reserveCapacity(window.extent.count)
    for plane in planes {
      for row in rows {
        guard let plane, let row else {
          if let filler { result.append(contentsOf: repeatElement(filler, count: columns.count)) }
          continue
        }
        let base = (plane * extent.height + row) * extent.width
        func appendBorder(_ range: Range<Int>) {
          for x in range {
            if let column = columns[x] {
              result.append(voxels[base + column])
            } else if let filler {
              result.append(filler)
            }
          }
        }
        appendBorder(0..<first)
        if first < last {
          result.append(
            contentsOf: voxels[base + window.origin.x + first..<base + window.origin.x + last])
        }
        appendBorder(last..<window.extent.width)
      }
    }
    return Volume(result, extent: window.extent, voxelSize: voxelSize)
  }

  /// The box of `extent` from `origin`, which must lie inside the volume.
  public func cropped(origin: VoxelIndex, extent: Extent) -> Volume<Voxel> {
    let window = Window(origin: origin, extent: extent)
    precondition(
      window.isInside(self.extent), "a crop of \(extent) at \(origin) leaves \(self.extent)")
    return viewed(through: window, outside: .mirror)
  }

  /// The volume cropped or padded to exactly `extent`, axis by axis.
  ///
  /// Fitting the result to the original extent with the same alignment restores the grid voxel for
  /// voxel; what was cropped away is then shown as `outside`.
  public func fitted(
    to extent: Extent, alignment: Window.Alignment = .center, outside: Border<Voxel> = .mirror
  ) -> Volume<Voxel> {
    viewed(
      through: Window(fitting: extent, to: self.extent, alignment: alignment), outside: outside)
  }

  /// For each of `count` positions from `origin`, the index in `0..<length` it shows, nil for none.
  private static func sources(
    _ length: Int, _ origin: Int, _ count: Int, _ mirrors: Bool
  ) -> [Int?] {
    (origin..<origin + count).map { position in
      if (0..<length).contains(position) { return position }
      return mirrors ? mirrored(position, length: length) : nil
    }
  }
}

/// The index in `0..<length` that `position` mirrors to: …, 2, 1, **0, 1, 2, 3**, 2, 1, 0, 1, …
func mirrored(_ position: Int, length: Int) -> Int {
  guard length > 1 else { return 0 }
  let period = 2 * (length - 1)
  let phase = ((position % period) + period) % period
  return min(phase, period - phase)
}

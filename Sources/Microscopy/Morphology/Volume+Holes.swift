extension Volume<Bool> {
  /// The mask with its holes filled: `scipy.ndimage.binary_fill_holes(mask)`.
  ///
  /// A hole is a part of the background, connected by faces, that does not touch the border of the
  /// volume. With `perPlane` every z-plane is filled by itself: a hole is what the mask encloses
  /// within its plane. Linear time.
  public func fillingHoles(perPlane: Bool = false) -> Volume<Bool> {
    let mask = MaskRuns(where: self)
    let isOpen = mask.isOpen(perPlane: perPlane)
    var result = self
    for row in 0..<extent.depth * extent.height {
      let runs = mask.runs(ofRow: row)
      // A hole lies between two runs of a row.
      for index in runs.dropFirst() where !isOpen[index + row] {
        let hole = mask.runs[index - 1].last + 1..<mask.runs[index].first
        for x in hole { result.voxels[row * extent.width + Int(x)] = true }
      }
    }
    return result
  }
}

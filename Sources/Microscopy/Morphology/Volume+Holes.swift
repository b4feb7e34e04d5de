extension Volume<Bool> {
  /// The mask with its holes filled: `scipy.ndimage.binary_fill_holes(mask)`.
  ///
  /// A hole is a part of the background, connected by faces, that does not touch the border of the
  /// volume. With `perPlane` every z-plane is filled by itself: a hole is what the mask encloses
  /// within its plane. Linear time.
  public func fillingHoles(perPlane: Bool = false) -> Volume<Bool> {
    let background = MaskRuns(where: self, is: false)
    var forest = RunForest(background)
    forest.join(.faces, acrossPlanes: !perPlane)
    let isHole = forest.areEnclosed(perPlane: perPlane)
    var result = self
    background.forEachRun { index, z, y, run in
      if isHole[index] {
        let row = (z * extent.height + y) * extent.width
        for voxel in row + Int(run.first)...row + Int(run.last) { result.voxels[voxel] = true }
      }
    }
    return result
  }
}

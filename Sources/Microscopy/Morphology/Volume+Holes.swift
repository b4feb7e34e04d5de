extension Volume<Bool> {
  /// The mask with its holes filled: `scipy.ndimage.binary_fill_holes(mask)`.
  ///
  /// A hole is a part of the background, connected by faces, that does not touch the border of the
  /// volume. With `perPlane` every z-plane is filled by itself: a hole is what the mask encloses
  /// within its plane. Linear time.
  public func fillingHoles(perPlane: Bool = false) -> Volume<Bool> {
    var background = RunForest(where: self, is: false)
    background.join(.faces, acrossPlanes: !perPlane)
    let isHole = background.areEnclosed(perPlane: perPlane)
    var result = self
    background.forEachRange { run, voxels in
      if isHole[run] {
        for voxel in voxels { result.voxels[voxel] = true }
      }
    }
    return result
  }
}

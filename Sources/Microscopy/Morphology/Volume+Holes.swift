extension Volume<Bool> {
  /// The mask with its holes filled: `scipy.ndimage.binary_fill_holes(mask)`.
  ///
  /// A hole is a part of the background, connected by faces, that does not touch the border of the
  /// volume. With `perPlane` every z-plane is filled by itself, so that a hole is what the mask
  /// encloses within its plane. Linear time.
  public func fillingHoles(perPlane: Bool = false) -> Volume<Bool> {
    var background = RunForest(where: self, is: false)
    background.join(.faces, acrossPlanes: !perPlane)
    var result = self
    background.forEachEnclosedRun(perPlane: perPlane) { range in
      for i in range { result.voxels[i] = true }
    }
    return result
  }
}

extension Volume<Bool> {
  /// The connected components of the mask, numbered from 1 in the order of their first voxels
  /// (z, then y, then x), as `scipy.ndimage.label` does; 0 is background.
  ///
  /// Time and memory linear in the number of voxels: rows are cut into runs, and touching runs
  /// joined by union–find.
  public func connectedComponents(_ connectivity: Connectivity) -> LabelVolume {
    let mask = MaskRuns(where: self)
    return LabelVolume(
      mask.volume(mask.components(connectivity).ofRun), extent: extent, voxelSize: voxelSize)
  }
}

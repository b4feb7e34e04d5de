extension HyperstackWriter where Voxel == UInt16 {
  /// Appends a frame of labels as 16-bit integers and widens the display range to 0 … the largest
  /// label so far, so that ImageJ shows them on opening.
  ///
  /// - Throws: ``TIFFError`` where a label is above 65535 (nothing is written then), or as
  ///   ``append(_:)``.
  public func append(labels: LabelVolume) throws(TIFFError) {
    let (volume, largest) = try TIFF.words(of: labels, path)
    try append(volume)
    displayRange = 0...max(displayRange?.upperBound ?? 1, Double(largest))
  }

  /// Appends a frame of labels whose planes are made one by one, the largest of which is `count`.
  ///
  /// - Throws: As ``append(labels:)``, and what the planes throw.
  package func append(labels planes: any PlaneSource<UInt32>, count: Int) throws {
    try TIFF.checkWritable(largest: UInt32(clamping: count), path)
    try append(planes: MappedPlanes(planes) { $0.map { UInt16(truncatingIfNeeded: $0) } })
    displayRange = 0...max(displayRange?.upperBound ?? 1, Double(count))
  }
}

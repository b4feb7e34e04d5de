import Compute
import Microscopy

/// The labels of one time point and the raw image that belongs to them.
package struct MeasurementFrame: Sendable {
  /// The labels.
  package let labels: SeriesFrame
  /// The raw image; nil if no intensities are measured.
  package let image: SeriesFrame?
  /// The voxel size in µm: the caller's, else that of the labels, else that of the image.
  package let voxelSize: VoxelSize?

  /// The labels, and the image with the same extents and the voxel size.
  ///
  /// - Throws: `InputError` if the two differ in their extents or the voxel size is unknown, and
  ///   any error of reading either of them.
  func read() throws -> (labels: LabelVolume, image: Volume<Float>?) {
    if let problem = labels.problem ?? image?.problem { throw problem }
    guard let voxelSize else { throw unknownVoxelSize }
    var volume = try labels.readLabels()
    volume.voxelSize = voxelSize
    guard let image else { return (volume, nil) }
    let raw = try image.read()
    guard raw.extent == volume.extent else {
      throw InputError(
        labels.path,
        "has \(volume.extent) voxels (z, y, x), but its image \(image.path) has \(raw.extent); "
          + "give the image that these labels were made from")
    }
    return (volume, raw)
  }

  /// The error for a frame of unknown voxel size.
  var unknownVoxelSize: InputError {
    if let stated = labels.calibration.impossibleScale {
      return InputError(labels.path, stated, advice: .stateVoxelSize())
    }
    guard let image else {
      return InputError(labels.path, labels.calibration.problem, advice: .stateVoxelSize())
    }
    if let stated = image.calibration.impossibleScale {
      return InputError(image.path, stated, advice: .stateVoxelSize())
    }
    let doubts = labels.calibration.doubts + image.calibration.doubts
    return InputError(
      labels.path,
      "and its image do not state the voxel size"
        + (doubts.isEmpty ? "" : ": \(doubts.joined(separator: "; "))"),
      advice: .stateVoxelSize())
  }
}

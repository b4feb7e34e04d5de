import Foundation

extension TIFF {
  /// Writes a volume as an ImageJ stack with its voxel size in µm.
  ///
  /// The file is complete or absent: it is written under another name in the same folder, brought
  /// to the disk and renamed; on an error nothing is left and an earlier file stays as it was. More
  /// than 4 GB of voxels make a BigTIFF (which ImageJ opens through Bio-Formats).
  ///
  /// - Parameters:
  ///   - volume: 8 or 16-bit integers or float32, `[z, y, x]`.
  ///   - path: The file to make or to replace.
  ///   - compression: How pages are compressed.
  ///   - frameInterval: Seconds to the next volume of its series, nil where unknown.
  ///   - displayRange: The intensities that ImageJ shows black and white on opening, nil for its
  ///     own choice.
  public static func write<Voxel: TIFFVoxel>(
    _ volume: Volume<Voxel>, to path: String, compression: TIFFCompression = .deflate,
    frameInterval: Double? = nil, displayRange: ClosedRange<Double>? = nil
  ) throws(TIFFError) {
    let writer = HyperstackWriter<Voxel>(
      to: path, frames: 1, compression: compression, frameInterval: frameInterval,
      displayRange: displayRange)
    try writer.append(volume)
    try writer.finish()
  }

  /// Writes labels as 16-bit integers, the widest that ImageJ shows as labels, with a display range
  /// that makes them visible; throws where one is above 65535.
  public static func write(
    _ labels: LabelVolume, to path: String, compression: TIFFCompression = .deflate,
    frameInterval: Double? = nil
  ) throws(TIFFError) {
    let writer = HyperstackWriter<UInt16>(
      to: path, frames: 1, compression: compression, frameInterval: frameInterval)
    try writer.append(labels: labels)
    try writer.finish()
  }

  /// Throws unless TIFF can hold such a volume.
  static func checkWritable(
    _ extent: Extent, _ voxelSize: VoxelSize?, _ path: String
  ) throws(TIFFError) {
    guard extent.count > 0, extent.width <= UInt32.max, extent.height <= UInt32.max else {
      throw TIFFError(
        .notWritten, path, expected: "a volume with voxels", found: "\(extent) (z, y, x)",
        advice: "write a volume of at least one voxel")
    }
    if let voxelSize, !voxelSize.isValid {
      throw TIFFError(
        .notWritten, path, expected: "positive voxel edges in µm", found: "\(voxelSize)",
        advice: "correct the voxel size, or leave it out")
    }
  }

  /// Labels as 16-bit integers, and the largest; throws where one does not fit.
  static func words(
    of labels: LabelVolume, _ path: String
  ) throws(TIFFError) -> (volume: Volume<UInt16>, largest: UInt32) {
    let largest = labels.voxels.max() ?? 0
    try checkWritable(largest: largest, path)
    return (labels.map { UInt16(truncatingIfNeeded: $0) }, largest)
  }

  /// Throws unless 16 bits hold the largest label.
  static func checkWritable(largest: UInt32, _ path: String) throws(TIFFError) {
    guard largest <= UInt16.max else {
      throw TIFFError(
        .notWritten, path, expected: "labels up to \(UInt16.max)", found: "label \(largest)",
        advice: "number the labels consecutively")
    }
  }

  /// Writes a volume whose planes are made one by one, as ``write(_:to:compression:frameInterval:displayRange:)``.
  package static func write<Voxel: TIFFVoxel>(
    planes: any PlaneSource<Voxel>, to path: String, frameInterval: Double? = nil
  ) throws {
    let writer = HyperstackWriter<Voxel>(to: path, frames: 1, frameInterval: frameInterval)
    try writer.append(planes: planes)
    try writer.finish()
  }

  /// Writes labels whose planes are made one by one, the largest of which is `count`, as 16-bit
  /// integers.
  package static func write(
    labels planes: any PlaneSource<UInt32>, count: Int, to path: String,
    frameInterval: Double? = nil
  ) throws {
    let writer = HyperstackWriter<UInt16>(to: path, frames: 1, frameInterval: frameInterval)
    try writer.append(labels: planes, count: count)
    try writer.finish()
  }
}

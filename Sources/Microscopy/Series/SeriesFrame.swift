import Compute

/// One time point of a series: where it lies and how it is called. Nothing is read before
/// ``read()``.
public struct SeriesFrame: Sendable {
  /// The file, or the folder of an OME-Zarr image.
  public let path: String
  /// The frame inside the file, from 0.
  public let frame: Int
  /// The channel inside the file, from 0.
  public let channel: Int
  /// The time number: that of the name (51 for `Emb01_t051`), or the frame inside the file counted
  /// from 1; 1 where there is neither.
  public let time: Int
  /// The name for results of this frame, without folder and extension; unique among all frames that
  /// were opened together.
  public let stem: String
  /// The extents, nil where the file could not be opened.
  public let extent: Extent?
  /// The voxel size in µm that ``read()`` gives, nil if unknown.
  public let voxelSize: VoxelSize?

  /// The opened file, or why this frame cannot be used as far as the headers tell.
  let source: Result<any ImageSource, any Error>

  /// The number of frames in the file; 1 if it could not be opened.
  package var frameCount: Int { (try? source.get().frames) ?? 1 }

  /// Why the frame cannot be used, as far as the file's headers tell: what ``read()`` will throw.
  public var problem: (any Error)? {
    if case .failure(let error) = source { error } else { nil }
  }

  /// The scale that the file states, as far as it could be opened.
  package var calibration: Calibration { (try? source.get())?.calibration ?? .none }

  /// The volume as float32, `[z, y, x]`, with the voxel size.
  ///
  /// - Throws: ``InputError`` or ``TIFFError`` where this frame is broken; others may be fine.
  public func read() throws -> Volume<Float> {
    try requireAddresses()
    var volume = try source.get().volume(channel: channel, frame: frame)
    volume.voxelSize = voxelSize
    return volume
  }

  /// The labels, `[z, y, x]`, with the voxel size; 0 is background.
  ///
  /// - Throws: ``InputError`` or ``TIFFError`` where this frame is broken or holds no labels.
  public func readLabels() throws -> LabelVolume {
    try requireAddresses()
    var volume = try source.get().labels(channel: channel, frame: frame)
    volume.voxelSize = voxelSize
    return volume
  }

  /// Throws where the system limits addresses so that the volume cannot be read and worked on:
  /// segmenting and measuring take about 32 bytes a voxel.
  private func requireAddresses() throws(AddressSpaceError) {
    guard AddressSpace.isLimited, let extent else { return }
    try AddressSpace.require(32 * extent.count, for: path)
  }
}

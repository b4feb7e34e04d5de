/// The planes of a frame, read from its file when they are asked for.
package struct FramePlanes: PlaneSource {
  package let extent: Extent
  package let voxelSize: VoxelSize?
  private let source: any ImageSource
  private let channel: Int
  private let frame: Int

  /// The planes of a frame; nothing is read yet.
  ///
  /// - Throws: Why the frame cannot be used, as far as the file's headers tell.
  package init(_ frame: SeriesFrame) throws {
    source = try frame.source.get()
    extent = source.extent
    voxelSize = frame.voxelSize
    channel = frame.channel
    self.frame = frame.frame
  }

  package func planes(_ range: Range<Int>) throws -> Volume<Float> {
    var volume = try source.planes(range, channel: channel, frame: frame)
    volume.voxelSize = voxelSize
    return volume
  }
}

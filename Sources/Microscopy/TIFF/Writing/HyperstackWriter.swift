import Compute
import Foundation

/// Writes a time series as one ImageJ hyperstack, frame by frame; one frame is in memory at a time.
///
/// ```swift
/// let writer = HyperstackWriter<UInt16>(to: "labels.tif", frames: 502, frameInterval: 600)
/// for frame in series.frames { try writer.append(labels: segment(frame)) }
/// try writer.finish()
/// ```
///
/// Pages follow in T, Z, C order. The first volume sets extents and voxel size. The file grows
/// under another name in the same folder and gets its own in ``finish()``; a writer that is
/// released before leaves nothing.
public final class HyperstackWriter<Voxel: TIFFVoxel> {
  /// The file that ``finish()`` makes.
  public let path: String
  /// The frames announced.
  public let frames: Int
  /// Channels per frame.
  public let channels: Int
  /// The intensities that ImageJ shows black and white on opening, nil for its own choice; may be
  /// changed until ``finish()``.
  public var displayRange: ClosedRange<Double>?
  /// What is known about the channels; may be changed until the first frame.
  package var channelDescriptions: [ImageChannel] = []
  /// Whether the values are labels; may be changed until ``finish()``.
  package var areLabels = false
  /// The frames appended so far, blank ones included.
  public private(set) var frameCount = 0

  private let compression: TIFFCompression
  private let frameInterval: Double?
  /// The edges of a pixel in µm of volumes that do not state all three.
  private let pixelSize: (x: Double, y: Double)?
  private let draft: AtomicFile.Draft
  /// The first volume's; nil before.
  private var layout: (extent: Extent, voxelSize: VoxelSize?)?
  private var file: (any StackFile)?
  private var leadingBlanks = 0
  private var hasFailed = false
  private var isFinished = false

  /// A writer to `path`, whose folder exists; nothing is written yet.
  ///
  /// - Parameters:
  ///   - path: The file to make or to replace.
  ///   - frames: How many frames will come at most. From about 4 GB of voxels on the file becomes a
  ///     BigTIFF, which ImageJ opens through Bio-Formats. Fewer frames are not an error.
  ///   - channels: Channels per frame.
  ///   - compression: How pages are compressed.
  ///   - frameInterval: Seconds from frame to frame, nil where unknown.
  ///   - displayRange: See ``displayRange``.
  ///   - pixelSize: Column and row spacing in µm where the volumes do not know their voxel size,
  ///     for example single planes.
  public init(
    to path: String, frames: Int, channels: Int = 1, compression: TIFFCompression = .deflate,
    frameInterval: Double? = nil, displayRange: ClosedRange<Double>? = nil,
    pixelSize: (x: Double, y: Double)? = nil
  ) {
    precondition(frames > 0 && channels > 0, "a hyperstack has frames and channels")
    self.path = path
    self.frames = frames
    self.channels = channels
    self.compression = compression
    self.frameInterval = frameInterval
    self.displayRange = displayRange
    self.pixelSize = pixelSize
    draft = AtomicFile.Draft(for: path)
  }

  /// Appends a frame of a stack with one channel.
  ///
  /// - Throws: ``TIFFError`` where the volume differs from the first in extents or voxel size
  ///   (nothing is written then, and another frame may follow), or the disk fails.
  public func append(_ volume: Volume<Voxel>) throws(TIFFError) {
    try append(channels: [volume])
  }

  /// Appends a frame of several channels.
  ///
  /// - Throws: As ``append(_:)``.
  public func append(channels volumes: [Volume<Voxel>]) throws(TIFFError) {
    precondition(volumes.count == channels, "\(volumes.count) channels where \(channels) were said")
    precondition(frameCount < frames, "more than the \(frames) frames announced")
    for volume in volumes { try check(volume.extent, volume.voxelSize) }
    let extent = volumes[0].extent
    try writing { file throws(TIFFError) in
      for z in 0..<extent.depth {
        let plane = extent.height * extent.width
        for volume in volumes {
          try unsafe file.append(
            volume.voxels[z * plane..<(z + 1) * plane].withUnsafeBytes([UInt8].init))
        }
      }
    }
    frameCount += 1
  }

  /// Appends a frame of a stack with one channel whose planes are made one by one.
  ///
  /// - Throws: As ``append(_:)``, and what the planes throw.
  package func append(planes source: any PlaneSource<Voxel>) throws {
    precondition(channels == 1, "a frame of one channel where \(channels) were said")
    precondition(frameCount < frames, "more than the \(frames) frames announced")
    try check(source.extent, source.voxelSize)
    for z in 0..<source.extent.depth {
      let plane: Volume<Voxel>
      do { plane = try source.planes(z..<z + 1) } catch {
        // The frame has some of its planes already.
        hasFailed = true
        throw error
      }
      try writing { file throws(TIFFError) in
        try unsafe file.append(plane.voxels.withUnsafeBytes([UInt8].init))
      }
    }
    frameCount += 1
  }

  /// Appends a frame of zeros in place of one that failed, so that the others keep their time.
  public func appendBlank() throws(TIFFError) {
    precondition(frameCount < frames, "more than the \(frames) frames announced")
    if layout == nil { leadingBlanks += 1 } else { try writeBlank() }
    frameCount += 1
  }

  /// Completes the file and gives it its name; the writer is used up.
  ///
  /// - Throws: ``TIFFError`` where no volume was appended, an earlier write failed, or the disk
  ///   fails; an earlier file of this name stays as it was.
  public func finish() throws(TIFFError) {
    try complete()
    try draft.publishTIFF()
  }

  /// As ``finish()``; calls `whenComplete` before the file gets its name, with the path where it is
  /// complete.
  package func finish(whenComplete: (_ path: String) throws -> Void) throws {
    try complete()
    try whenComplete(draft.path)
    try draft.publishTIFF()
  }

  private func complete() throws(TIFFError) {
    precondition(!isFinished, "a hyperstack is finished once")
    guard layout != nil else {
      throw TIFFError(
        .notWritten, path, expected: "at least one frame", found: "none",
        advice: "see why the frames failed")
    }
    try writing { file throws(TIFFError) in try file.finish(description: description.text) }
    isFinished = true
    file = nil
  }

  deinit {
    file = nil
    draft.remove()
  }

  private var description: ImageJDescription {
    ImageJDescription(
      frames: max(1, frameCount), slices: layout?.extent.depth ?? 1, channels: channels,
      voxelSize: layout?.voxelSize, hasPixelSize: pixelSize != nil, frameInterval: frameInterval,
      displayRange: displayRange, areLabels: areLabels,
      isColored: channels > 1 && channelDescriptions.contains { $0.color != nil })
  }

  private func writeBlank() throws(TIFFError) {
    guard let extent = layout?.extent else { return }
    let plane = [UInt8](
      repeating: 0, count: Voxel.sampleType.rowBytes(width: extent.width) * extent.height)
    try writing { file throws(TIFFError) in
      for _ in 0..<extent.depth * channels { try file.append(plane) }
    }
  }

  /// Checks a frame against the first, which opens the file.
  private func check(_ extent: Extent, _ voxelSize: VoxelSize?) throws(TIFFError) {
    guard let layout else { return try open(extent, voxelSize) }
    guard extent == layout.extent else {
      throw TIFFError(
        .notWritten, path, expected: "frames of \(layout.extent) voxels (z, y, x)",
        found: "\(extent)", advice: "write frames of different extents as separate files")
    }
    guard voxelSize == layout.voxelSize else {
      func text(_ size: VoxelSize?) -> String { size.map { "\($0)" } ?? "unknown size" }
      throw TIFFError(
        .notWritten, path, expected: "frames with voxels of \(text(layout.voxelSize))",
        found: text(voxelSize), advice: "write them as separate files")
    }
  }

  private func open(_ extent: Extent, _ voxelSize: VoxelSize?) throws(TIFFError) {
    try TIFF.checkWritable(extent, voxelSize, path)
    let pages = frames * channels * extent.depth
    // Compressed data may be larger than the voxels by a little, and directories come on top.
    let bytes = frames * channels * extent.count * MemoryLayout<Voxel>.size
    let isBig = bytes + bytes / 64 + pages * 512 >= 1 << 32
    var page = StackPage(
      width: extent.width, height: extent.height, type: Voxel.sampleType, compression: compression,
      pixelSize: voxelSize.map { ($0.x, $0.y) } ?? pixelSize)
    if channelDescriptions.count == channels {
      page.metadata = ImageJMetadata(channelDescriptions, planes: pages)
    }
    layout = (extent, voxelSize)
    var announced = description
    announced.frames = frames
    do throws(TIFFError) {
      try draft.createTIFF()
      file =
        compression == .none
        ? try ContiguousStackFile(draft.path, page: page, isBig: isBig)
        : try CompressedStackFile(
          draft.path, page: page, isBig: isBig, description: announced.text)
    } catch {
      hasFailed = true
      throw draft.renamed(error)
    }
    for _ in 0..<leadingBlanks { try writeBlank() }
  }

  private func writing(
    _ body: (any StackFile) throws(TIFFError) -> Void
  ) throws(TIFFError) {
    guard let file, !hasFailed else {
      throw TIFFError(
        .notWritten, path, expected: "a file that can be written",
        found: "an earlier write that failed", advice: "see why it failed")
    }
    do throws(TIFFError) {
      try body(file)
    } catch {
      hasFailed = true
      throw draft.renamed(error)
    }
  }
}

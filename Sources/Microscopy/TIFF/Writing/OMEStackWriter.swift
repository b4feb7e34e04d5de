import Compute
import Foundation

/// Writes a series as one OME-TIFF, volume by volume: channel after channel, frame after frame.
///
/// Pages follow in T, C, Z order (`DimensionOrder` XYZCT). The file grows under another name in the
/// same folder and gets its own in ``finish()``; a writer that is released before leaves nothing.
package final class OMEStackWriter {
  /// The file that ``finish()`` makes.
  package let path: String

  private let description: SeriesDescription
  private let draft: AtomicFile.Draft
  private let page: StackPage
  private var file: (any StackFile)?
  private var volumes = 0

  /// Begins a file, whose folder exists.
  ///
  /// - Parameters:
  ///   - path: The file to make or to replace.
  ///   - description: What the file holds and its physical scale.
  ///   - compression: How pages are compressed.
  /// - Throws: ``TIFFError`` where the file cannot be written.
  package init(
    to path: String, _ description: SeriesDescription, compression: TIFFCompression = .deflate
  ) throws(TIFFError) {
    precondition(
      SeriesDescription.types.contains(description.type), "OME-TIFF has no \(description.type)")
    try TIFF.checkWritable(description.extent, nil, path)
    self.path = path
    self.description = description
    let extent = description.extent
    page = StackPage(
      width: extent.width, height: extent.height, type: description.type, compression: compression,
      pixelSize: description.calibration.x.flatMap { x in
        description.calibration.y.map { (x, $0) }
      })
    draft = AtomicFile.Draft(for: path)
    let pages = description.frames * description.channels * extent.depth
    let bytes = pages * page.byteCount
    let isBig = bytes + bytes / 64 + pages * 512 >= 1 << 32
    do throws(TIFFError) {
      try draft.createTIFF()
      file =
        compression == .none
        ? try ContiguousStackFile(draft.path, page: page, isBig: isBig)
        : try CompressedStackFile(
          draft.path, page: page, isBig: isBig, description: description.omeXML)
    } catch {
      draft.remove()
      throw draft.renamed(error)
    }
  }

  /// Appends the next channel of the next frame.
  package func append(_ volume: SampleVolume) throws(TIFFError) {
    precondition(
      volume.extent == description.extent && volume.type == description.type,
      "a volume of \(volume.extent) \(volume.type) among those of \(description.extent) "
        + "\(description.type)")
    precondition(
      volumes < description.frames * description.channels, "more volumes than were announced")
    do throws(TIFFError) {
      for z in 0..<volume.extent.depth { try file?.append(volume.plane(z)) }
    } catch { throw draft.renamed(error) }
    volumes += 1
  }

  /// Completes the file, all of whose volumes were appended, and gives it its name.
  package func finish() throws(TIFFError) {
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
    precondition(
      volumes == description.frames * description.channels,
      "\(volumes) volumes where \(description.frames * description.channels) were announced")
    do throws(TIFFError) {
      try file?.finish(description: description.omeXML)
    } catch { throw draft.renamed(error) }
    file = nil
  }

  deinit {
    file = nil
    draft.remove()
  }
}

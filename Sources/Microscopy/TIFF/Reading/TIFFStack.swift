import Compute
import Foundation

/// A TIFF file that has been opened, understood and checked, whose volumes are read one at a time.
///
/// Holds no open file, so it may be kept for long and shared between threads; each read opens the
/// file anew, and several threads decode the pages of a large volume.
public struct TIFFStack: Sendable {
  /// The file.
  public let path: String
  /// What the file says about itself.
  public let info: TIFFInfo

  /// Where the directory of each page begins.
  let offsets: [UInt64]
  /// Where the pixels of a contiguous stack begin, nil where each plane has its page.
  let contiguousOffset: UInt64?
  let description: StackDescription
  let limits: ImageLimits

  /// The samples of a pixel that lie beside each other in a page.
  var interleaved: Int { info.isPlanar ? 1 : info.samplesPerPixel }

  /// The volume of one frame and channel, both counted from 0, as float32.
  ///
  /// Integers beyond 2²⁴ and 64-bit floats are rounded to the nearest float32; a finite value that
  /// would become infinite is an error. Values are those
  /// stored in the file: no color table, inversion or calibration function is applied.
  public func readVolume(channel: Int = 0, frame: Int = 0) throws(TIFFError) -> Volume<Float> {
    try readPlanes(0..<info.extent.depth, channel: channel, frame: frame)
  }

  /// Some planes of one frame and channel, as of ``readVolume(channel:frame:)``.
  package func readPlanes(
    _ planes: Range<Int>, channel: Int = 0, frame: Int = 0
  ) throws(TIFFError) -> Volume<Float> {
    let voxels = try read(channel: channel, frame: frame, planes: planes, blank: Float(0)) {
      (pixels, layout, piece, offset) in
      pixels.decode(layout, into: &piece, at: offset)
      return pixels.valueBeyondFloat(layout)
    }
    return Volume(
      voxels, extent: info.extent.withDepth(planes.count), voxelSize: info.voxelSize)
  }

  /// The labels of one frame and channel, both counted from 0; 0 is background.
  ///
  /// Throws where a value is negative, fractional or beyond 2³² − 1.
  public func readLabels(channel: Int = 0, frame: Int = 0) throws(TIFFError) -> LabelVolume {
    let voxels = try read(channel: channel, frame: frame, blank: UInt32(0)) {
      (pixels, layout, piece, offset) in
      pixels.decodeLabels(layout, into: &piece, at: offset)
    }
    return LabelVolume(voxels, extent: info.extent, voxelSize: info.voxelSize)
  }

  /// The samples of one frame and channel, both counted from 0, as they are stored; packed ones
  /// become whole bytes (``SampleType/unpacked``).
  package func readSamples(channel: Int = 0, frame: Int = 0) throws(TIFFError) -> SampleVolume {
    let type = info.sampleType.unpacked
    let bytes = try read(
      channel: channel, frame: frame, blank: UInt8(0), perVoxel: type.bits / 8
    ) { (pixels, layout, piece, offset) in
      pixels.decodeBytes(layout, into: &piece, at: offset)
      return nil
    }
    return SampleVolume(bytes, type: type, extent: info.extent, voxelSize: info.voxelSize)
  }

  /// Reads planes of one frame and channel, all of them for nil; `decode` writes a page's samples into a piece, at a
  /// offset, and returns the first value that does not fit. Each voxel takes `perVoxel` elements.
  private func read<Voxel: BitwiseCopyable & Sendable>(
    channel: Int, frame: Int, planes chosen: Range<Int>? = nil, blank: Voxel, perVoxel: Int = 1,
    _ decode: @Sendable ([UInt8], SampleLayout, inout MutableSpan<Voxel>, Int) -> Double?
  ) throws(TIFFError) -> [Voxel] {
    try checkSelection(channel: channel, frame: frame)
    let extent = info.extent
    let chosen = chosen ?? 0..<extent.depth
    let pages = Array(try pages(channel: channel, frame: frame)[chosen])
    // The first page is checked before memory for all of them is taken.
    if contiguousOffset == nil, let first = pages.first {
      try PlaneReader(self).checkPlausible(page: first)
    }

    let sample = channel % info.samplesPerPixel
    let layout = SampleLayout(
      type: info.sampleType, width: extent.width, interleaved: interleaved,
      sample: info.isPlanar ? 0 : sample)
    let plane = extent.height * extent.width * perVoxel
    let planesPerPiece = max(1, (1 << 21) / plane)
    let failure = Guarded<(page: Int, error: TIFFError)?>(nil)
    let voxels = [Voxel](count: chosen.count * plane, pieces: planesPerPiece * plane) {
      range, piece in
      let planes = range.lowerBound / plane..<range.upperBound / plane
      do throws(TIFFError) {
        let reader = PlaneReader(self)
        for z in planes {
          let pixels = try reader.read(page: pages[z], sample: sample)
          let offset = (z - planes.lowerBound) * plane
          if let value = decode(pixels, layout, &piece, offset) {
            throw TIFFError(
              .unsupported, path, page: pages[z] + 1,
              expected: Voxel.self == Float.self
                ? SampleRangeError.floats : SampleRangeError.labels,
              found: SampleRangeError(value: value, type: layout.type).number,
              advice: Voxel.self == Float.self
                ? "scale the intensities" : "name a label image, or convert it to 16-bit integers")
          }
        }
      } catch {
        // The array is thrown away, but its memory must hold values.
        for i in piece.indices { piece[i] = blank }
        failure.withLock { first in
          let page = error.page ?? 0
          if first.map({ page < $0.page }) ?? true { first = (page, error) }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
    return voxels
  }
}

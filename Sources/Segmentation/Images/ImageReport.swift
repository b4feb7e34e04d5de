import Foundation
import Microscopy
import Morphometry

/// What an image file states about itself, for people and for programs.
package struct ImageReport: Sendable {
  /// The file or folder.
  package let path: String
  /// Its format in words, for example `ImageJ TIFF`.
  package let format: String
  /// The convention that describes axes and scale: `imageJ`, `ome`, `tifffile`, `plain` or `ngff`.
  package let dialect: String
  /// The axes that are longer than 1, from the slowest to the fastest; Y and X always.
  package let axes: String
  /// The lengths of ``axes``.
  package let shape: [Int]
  /// Time points.
  package let frames: Int
  /// Channels.
  package let channels: Int
  /// The type of a sample.
  package let type: SampleType
  /// The meaning of the samples, in TIFF's terms.
  package let color: String
  /// The compression of pixels.
  package let compression: String
  /// The arrangement of pixels: strips, tiles, chunks, one run.
  package let layout: String
  /// `little` or `big`.
  package let byteOrder: String
  /// Pages of a TIFF, levels of resolution of an OME-Zarr image.
  package let pages: Int
  /// The size of the file in bytes; nil for folders.
  package let byteCount: Int?
  /// The physical scale.
  package let calibration: Calibration
  /// What the user should know about how the file was understood, one line each.
  package let notes: [String]
  /// What is missing in the file although the rest can be read; nil where it is complete.
  package let gap: TIFFError?
  /// What is stated about each channel.
  package let channelDescriptions: [ImageChannel]
  /// Whether the image says that it holds labels.
  package let areLabels: Bool

  /// A report on the TIFF or OME-Zarr image at a path; its pixels are not read.
  package init(of path: String, limits: ImageLimits = .current) throws {
    if ZarrImage.isZarr(path) {
      self.init(try ZarrImage(opening: path, limits: limits))
      return
    }
    let stack = try TIFFStack(opening: path, limits: limits)
    var gap: TIFFError?
    do throws(TIFFError) { try stack.checkPlanes() } catch { gap = error }
    self.init(stack, gap: gap)
  }

  /// Files and OME-Zarr images as given; of other folders the images in them, in natural order, and
  /// of the folder of a segmentation its labels.
  ///
  /// - Throws: `InputError` if a folder holds no image.
  package static func paths(_ arguments: [String]) throws -> [String] {
    try arguments.map(Folder.ofLabels).flatMap { path in
      // A path that cannot be read stays in the list: its error is listed with the other reports.
      guard Folder.exists(path), !ZarrImage.isZarr(path) else { return [path] }
      return try VolumeFiles.stacks(in: path).map(\.path)
    }
  }

  private init(_ stack: TIFFStack, gap: TIFFError?) {
    let info = stack.info
    path = stack.path
    self.gap = gap
    notes = info.notes
    let names: [TIFFDialect: String] = [
      .imageJ: "ImageJ TIFF", .ome: "OME-TIFF", .tifffile: "tifffile's TIFF", .plain: "plain TIFF",
    ]
    format = (names[info.dialect] ?? "TIFF") + (info.isBigTIFF ? " (BigTIFF)" : "")
    dialect = info.dialect.rawValue
    var axes: [(String, Int)] = info.order.map { axis in
      switch axis {
      case .t: ("T", info.frames)
      case .z: ("Z", info.extent.depth)
      case .c: ("C", info.channels / info.samplesPerPixel)
      }
    }
    if info.isPlanar { axes.append(("S", info.samplesPerPixel)) }
    axes = axes.filter { $0.1 > 1 } + [("Y", info.extent.height), ("X", info.extent.width)]
    if !info.isPlanar, info.samplesPerPixel > 1 { axes.append(("S", info.samplesPerPixel)) }
    self.axes = axes.map(\.0).joined()
    shape = axes.map(\.1)
    frames = info.frames
    channels = info.channels
    type = info.sampleType
    color = info.color.rawValue
    compression = info.compression
    let planes = info.frames * info.extent.depth * info.channels / info.samplesPerPixel
    let isOneRun = info.pages == 1 && planes > 1
    layout =
      (isOneRun ? "one run" : info.isTiled ? "tiles" : "strips") + (info.isPlanar ? ", planar" : "")
    byteOrder = info.byteOrder == .bigEndian ? "big" : "little"
    pages = info.pages
    byteCount = info.byteCount
    calibration = info.calibration
    (channelDescriptions, areLabels) = (stack.channelDescriptions, stack.areLabels)
  }

  private init(_ image: ZarrImage) {
    path = image.path
    format = "OME-Zarr \(image.version)"
    dialect = "ngff"
    let axes = image.axes.filter { $0.length > 1 || $0.name == "y" || $0.name == "x" }
    self.axes = axes.map { $0.name.uppercased() }.joined()
    shape = axes.map(\.length)
    frames = image.frames
    channels = image.channels
    type = image.sampleType
    color = TIFFColor.minIsBlack.rawValue
    compression = image.compression
    layout = "chunks of " + image.chunks.map(String.init).joined(separator: " × ")
    byteOrder = image.isBigEndian ? "big" : "little"
    pages = image.levels
    byteCount = nil
    calibration = image.calibration
    notes = image.notes
    gap = nil
    (channelDescriptions, areLabels) = (image.channelDescriptions, image.areLabels)
  }
}

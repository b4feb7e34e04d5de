import Compute
import Foundation
import Microscopy
import Morphometry

/// Writes a series in another format, frame by frame, with its values and its physical scale.
package struct ImageConversion: Sendable {
  /// The format to write.
  package var format: ImageFormat
  /// The only channel that is written; nil writes all.
  package var channel: ChannelChoice?
  /// The voxel size in µm that replaces the file's.
  package var voxelSize: VoxelSize?
  /// The seconds between frames that replace the file's.
  package var frameInterval: Double?
  /// Whether the values are labels; nil decides by file names and metadata.
  package var areLabels: Bool?
  /// How TIFF pages are compressed.
  package var compression = TIFFCompression.deflate
  /// The version of OME-Zarr.
  package var version = ZarrWriter.Version.v04
  /// The tracks to write beside label images of the Cell Tracking Challenge, instead of those
  /// beside the input.
  package var tracks: TrackTable?
  /// Whether an existing output is replaced.
  package var replaces = false

  /// A conversion to a format.
  package init(to format: ImageFormat) { self.format = format }

  /// A series to convert: one file, one OME-Zarr image, or the files of one series.
  package struct Input: Sendable {
    /// Its name.
    package private(set) var name: String
    /// The images.
    package let source: any ImageSource
    /// The names of the label images inside an OME-Zarr image.
    package let labels: [String]

    /// Time points.
    package var frames: Int { source.frames }
    /// Channels.
    package var channels: Int { source.channels }

    /// The same series under another name.
    package func named(_ name: String) -> Input {
      var copy = self
      copy.name = name
      return copy
    }

    /// The series in files and folders; the folder of a segmentation stands for its labels.
    ///
    /// - Throws: A `TIFFError` or `InputError` if one cannot be read.
    package static func open(
      _ arguments: [String], limits: ImageLimits = .current
    ) throws -> [Input] {
      var inputs: [Input] = []
      let paths = arguments.map(Folder.ofLabels)
      for path in paths where ZarrImage.isZarr(path) {
        let image = try ZarrImage(opening: path, limits: limits)
        let name = (image.path as NSString).lastPathComponent
        inputs.append(
          Input(
            name: name.hasSuffix(".zarr") ? String(name.dropLast(5)) : name, source: image,
            labels: image.labels))
      }
      let files = paths.filter { !ZarrImage.isZarr($0) }
      if !files.isEmpty {
        inputs += try FrameFiles.sources(files, limits: limits).map {
          Input(name: $0.name, source: $0.source, labels: [])
        }
      }
      return inputs
    }

    /// Whether metadata, file names or the folder of a segmentation mark the images as labels.
    var looksLikeLabels: Bool {
      if source.areLabels { return true }
      guard source.type.isInteger, !(source is ZarrImage) else { return false }
      let file = (source.path as NSString).lastPathComponent.lowercased()
      if ["mask", "man_track", "man_seg"].contains(where: file.hasPrefix) { return true }
      return Folder.isOfLabels((source.path as NSString).deletingLastPathComponent)
    }
  }

  /// The path of an input's output: `output` itself if it has the ending of the format or is a
  /// folder for frames, else a file in the folder `output`.
  package func path(of input: Input, in output: String, isAlone: Bool) -> String {
    if isAlone, format == .ctc || ImageFormat(output: output) == format { return output }
    let folder = output.hasSuffix("/") ? String(output.dropLast()) : output
    return "\(folder)/\(input.name)\(format.ending ?? "")"
  }

  /// Makes the folder that will hold a path.
  package static func prepareFolder(of path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty { try Folder.make(folder) }
  }

  /// Whether the values of an input are written to a path as labels.
  func areLabels(_ input: Input, to path: String) -> Bool {
    if let areLabels { return areLabels }
    if format == .ctc, let names = CTCNames(folder: path) { return names.areLabels }
    return input.looksLikeLabels
  }

  /// The scale that is written: the input's, unless the caller replaces it.
  func calibration(_ input: Input) -> Calibration {
    var calibration = input.source.calibration
    if let voxelSize {
      (calibration.x, calibration.y, calibration.z) = (voxelSize.x, voxelSize.y, voxelSize.z)
    }
    if let frameInterval { calibration.frameInterval = frameInterval }
    return calibration
  }

  /// The channels that are written.
  func channels(_ input: Input) throws -> [Int] {
    guard let channel else { return Array(0..<input.channels) }
    return [try channel.index(in: input.source)]
  }

  /// The type that an input's samples are written as.
  func type(_ input: Input, areLabels: Bool) -> SampleType {
    let type = input.source.type
    switch (format, areLabels) {
    case (.imageJ, true), (.ctc, true): return .uint16
    case (.imageJ, false): return [.uint8, .uint16, .float32].contains(type) ? type : .float32
    case (.ctc, false): return type == .uint8 ? .uint8 : .uint16
    case (_, true): return [.uint8, .uint16, .uint32].contains(type) ? type : .uint32
    case (_, false):
      if SeriesDescription.types.contains(type) { return type }
      return [.float16: .float32, .int64: .int32, .uint64: .uint32][type] ?? .float32
    }
  }
}

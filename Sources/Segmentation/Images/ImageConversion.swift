import Compute
import Foundation
import Microscopy
import Morphometry

/// Writes a series in another format, frame by frame, with its values and its physical scale.
public struct ImageConversion: Sendable {
  /// The format to write.
  public var format: ImageFormat
  /// The only channel to take, counted from 0; nil for all.
  public var channel: Int?
  /// The voxel size in µm; overrides the file's.
  public var voxelSize: VoxelSize?
  /// Seconds from frame to frame; overrides the file's.
  public var frameInterval: Double?
  /// Whether the values are labels; nil lets names and metadata decide.
  public var areLabels: Bool?
  /// How TIFF pages are compressed.
  public var compression = TIFFCompression.deflate
  /// The version of OME-Zarr.
  public var version = ZarrWriter.Version.v04
  /// Tracks to write beside label images of the Cell Tracking Challenge, in place of those beside the
  /// input.
  public var tracks: TrackTable?
  /// Whether an earlier output is replaced.
  public var replaces = false

  /// A conversion to a format.
  public init(to format: ImageFormat) { self.format = format }

  /// A series to convert: one file, one OME-Zarr image, or the files of one series.
  public struct Input: Sendable {
    /// What it is called.
    public private(set) var name: String
    /// The images.
    public let source: any ImageSource
    /// The names of label images inside of an OME-Zarr image.
    public let labels: [String]

    /// Time points.
    public var frames: Int { source.frames }
    /// Channels.
    public var channels: Int { source.channels }

    /// The same under another name.
    public func named(_ name: String) -> Input {
      var copy = self
      copy.name = name
      return copy
    }

    /// The series in files and folders.
    ///
    /// - Throws: A `TIFFError` or `InputError` where one cannot be read.
    public static func open(_ paths: [String], limits: ImageLimits = .current) throws -> [Input] {
      var inputs: [Input] = []
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

    /// Whether metadata or the names of files say that these are labels.
    var looksLikeLabels: Bool {
      if let image = source as? ZarrImage { return image.areLabels }
      let name = (source.path as NSString).lastPathComponent.lowercased()
      return ["mask", "man_track", "man_seg"].contains { name.hasPrefix($0) }
    }
  }

  /// Where the output of an input goes: `output` itself where it is named as the format is or is a
  /// folder for frames, else a file in the folder `output`.
  public func place(of input: Input, in output: String, isAlone: Bool) -> String {
    if isAlone, format == .ctc || ImageFormat(output: output) == format { return output }
    let folder = output.hasSuffix("/") ? String(output.dropLast()) : output
    return "\(folder)/\(input.name)\(format.ending ?? "")"
  }

  /// Makes the folder that a place lies in.
  public static func prepareFolder(of place: String) throws {
    let folder = (place as NSString).deletingLastPathComponent
    if folder.isEmpty { return }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch { throw InputError(folder, "the folder cannot be made", advice: .chooseOutput) }
  }

  /// Whether the values of an input are written as labels to a place.
  func areLabels(_ input: Input, to place: String) -> Bool {
    if let areLabels { return areLabels }
    if format == .ctc, let names = CTCNames(folder: place) { return names.areLabels }
    return input.looksLikeLabels
  }

  /// The scale that is written: the input's, unless the caller knows better.
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
    guard channel < input.channels else {
      throw InputError(
        input.source.path,
        "has \(input.channels.counted("channel")), but no channel \(channel + 1)")
    }
    return [channel]
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

import Compute
import Foundation
import Microscopy
import Morphometry

extension ImageConversion {
  /// What a user should know about a conversion, one line each.
  func notes(_ input: Input, labels: [Input], to path: String) -> [String] {
    var notes = ([input] + labels).flatMap { input in
      input.source.notes.map { "\(input.source.path): \($0)" }
    }
    let calibration = input.source.calibration
    if voxelSize == nil {
      if let stated = calibration.impossibleScale {
        notes.append("\(input.source.path) \(stated); the output states none")
      } else if !calibration.doubts.isEmpty {
        notes.append(
          "\(input.source.path): the voxel size is unknown: "
            + calibration.doubts.joined(separator: "; "))
      }
    }
    if input.source.type == .float64, type(input, areLabels: areLabels(input, to: path)) == .float32
    {
      notes.append("\(input.source.path): 64-bit floats are rounded to 32 bits")
    }
    if !input.labels.isEmpty {
      notes.append(
        "\(input.source.path): its label images (\(InputError.list(input.labels))) are images of their "
          + "own; convert \(input.source.path)/labels/\(input.labels[0]) too")
    }
    return notes
  }

  /// How a series is written to a path.
  ///
  /// - Throws: ``InputError`` where the chosen channel does not exist.
  func output(_ input: Input, to path: String) throws -> Output {
    let areLabels = areLabels(input, to: path)
    return Output(
      input: input, channels: try channels(input), areLabels: areLabels,
      type: type(input, areLabels: areLabels), path: path)
  }

  /// What an output depends on besides the samples.
  func settings(_ output: Output, labels: [Input]) throws -> JobSettings {
    let (source, scale) = (output.input.source, calibration(output.input))
    var settings = JobSettings(command: "convert")
    settings.set("input", FileSystem.resolved(source.path))
    settings.set(
      "labels",
      labels.isEmpty
        ? nil
        : labels.map { "\($0.name)=\(FileSystem.resolved($0.source.path))" }
          .joined(separator: ", "))
    settings.set("name", output.input.name)
    settings.set("format", format.rawValue)
    settings.set("frames", "\(output.input.frames)")
    settings.set("channels", output.channels.map { "\($0 + 1)" }.joined(separator: ","))
    let described = output.channels.map { source.channelDescriptions[$0] }
    settings.set(
      "channel_names",
      described.map { "\($0.name ?? "")#\($0.color?.hexadecimal ?? "")" }.joined(separator: ","))
    settings.set("extent", "\(source.extent)")
    settings.set("type", output.type.rawValue)
    settings.set("as_labels", "\(output.areLabels)")
    let edges = [scale.x, scale.y, scale.z].map { $0.map { "\($0)" } ?? "unknown" }
    settings.set("voxel_size", edges.joined(separator: ","))
    settings.set("frame_interval", scale.frameInterval.map { "\($0)" } ?? "unknown")
    switch format {
    case .omeZarr: settings.set("ngff", version.rawValue)
    case .imageJ, .omeTIFF: settings.set("compression", compression.rawValue)
    case .ctc:
      settings.set("compression", compression.rawValue)
      let given = output.areLabels ? try tracks ?? tracksBeside(output.input) : nil
      let lines = given?.tracks.map { "\($0)" }.joined()
      settings.set(
        "tracks", try lines.map { try SHA256.digest(of: Data($0.utf8), name: output.path) })
    }
    return settings
  }

  /// A series and how it is written.
  struct Output {
    /// The series.
    let input: Input
    /// Its channels that are written.
    let channels: [Int]
    /// Whether the values are labels.
    let areLabels: Bool
    /// The type of the samples that are written.
    let type: SampleType
    /// The file or folder.
    let path: String
  }

  /// The volume of a frame and channel in the type that is written.
  func volume(
    _ input: Input, channel: Int, frame: Int, as type: SampleType
  ) throws -> SampleVolume {
    var volume = try input.source.samples(channel: channel, frame: frame)
    volume.voxelSize = calibration(input).voxelSize
    do {
      return try volume.converted(to: type, isRounded: volume.type == .float64)
    } catch {
      let advice =
        format == .imageJ || format == .ctc
        ? "choose OME-TIFF or OME-Zarr, which hold more" : "it has no counterpart in the format"
      throw InputError(input.source.path, "frame \(frame + 1): \(error); \(advice)")
    }
  }

  /// Writes a TIFF, which appears when it is complete.
  func writeTIFF(
    _ output: Output, _ reading: ConversionProgress.Reading, _ progress: ConversionProgress,
    whenComplete: (String) throws -> Void
  ) throws {
    switch (format, output.type) {
    case (.omeTIFF, _): try writeOME(output, reading, progress, whenComplete)
    case (_, .uint8): try writeHyperstack(UInt8.self, output, reading, progress, whenComplete)
    case (_, .uint16): try writeHyperstack(UInt16.self, output, reading, progress, whenComplete)
    default: try writeHyperstack(Float.self, output, reading, progress, whenComplete)
    }
  }

  private func writeHyperstack<Voxel: TIFFVoxel & Comparable>(
    _: Voxel.Type, _ output: Output, _ reading: ConversionProgress.Reading,
    _ progress: ConversionProgress, _ whenComplete: (String) throws -> Void
  ) throws {
    let calibration = calibration(output.input)
    let writer = HyperstackWriter<Voxel>(
      to: output.path, frames: output.input.frames, channels: output.channels.count,
      compression: compression, frameInterval: calibration.frameInterval,
      pixelSize: calibration.pixelSize)
    writer.channelDescriptions = output.channels.map {
      output.input.source.channelDescriptions[$0]
    }
    writer.areLabels = output.areLabels
    var largest: Voxel?
    for frame in 0..<output.input.frames {
      var volumes: [Volume<Voxel>] = []
      try progress.frame(reading, frame, files: []) { volume, channel, _ in
        let volume = volume.voxels(Voxel.self)
        if output.areLabels, let label = volume.voxels.max() {
          largest = max(largest ?? label, label)
        }
        volumes.append(volume)
        if channel == output.channels.count - 1 { try writer.append(channels: volumes) }
      }
    }
    // Without a display range ImageJ shows labels as black.
    if let largest = largest as? UInt16 { writer.displayRange = 0...max(1, Double(largest)) }
    try writer.finish(whenComplete: whenComplete)
  }

  private func writeOME(
    _ output: Output, _ reading: ConversionProgress.Reading, _ progress: ConversionProgress,
    _ whenComplete: (String) throws -> Void
  ) throws {
    let input = output.input
    let writer = try OMEStackWriter(
      to: output.path,
      description(input, channels: output.channels, output.type, areLabels: output.areLabels),
      compression: compression)
    for frame in 0..<input.frames {
      try progress.frame(reading, frame, files: []) { volume, _, _ in try writer.append(volume) }
    }
    try writer.finish(whenComplete: whenComplete)
  }

  /// Writes what lacks of an OME-Zarr image and the label images inside of it into a folder.
  func writeZarr(
    _ output: Output, _ readings: [ConversionProgress.Reading], in folder: String,
    _ progress: ConversionProgress
  ) throws {
    let image = output.input
    for label in readings.dropFirst().map(\.input) {
      guard label.source.extent == image.source.extent, label.frames == image.frames else {
        throw InputError(
          label.source.path,
          "has \(label.frames.counted("frame")) of \(label.source.extent) voxels (z, y, x), the image "
            + "\(image.frames) of \(image.source.extent)")
      }
    }
    let writer = try ZarrWriter(growing: folder, for: output.path, version: version)
    for reading in readings {
      let kind: ZarrWriter.Kind =
        reading.image > 0
        ? .labels(reading.input.name) : output.areLabels ? .labelsAlone : .image
      var description = description(reading.input, channels: reading.channels, reading.type)
      // Labels take the image's scale, whatever their own files state.
      description.calibration = calibration(image)
      try writer.begin(kind, description)
      for frame in 0..<reading.input.frames {
        let known = try progress.frame(reading, frame, files: writer.files(frame: frame)) {
          volume, channel, record in
          if let range = try writer.append(volume, channel: channel, frame: frame) {
            record.ranges.append([range.lowerBound, range.upperBound])
          }
        }
        for (channel, range) in known.ranges.enumerated() where range.count == 2 {
          writer.include(range[0]...range[1], ofChannel: channel)
        }
      }
    }
    try writer.finish()
  }

  private func description(
    _ input: Input, channels: [Int], _ type: SampleType, areLabels: Bool = false
  ) -> SeriesDescription {
    SeriesDescription(
      name: input.name, frames: input.frames, channels: channels.count,
      extent: input.source.extent, type: type, calibration: calibration(input),
      channelDescriptions: channels.map { input.source.channelDescriptions[$0] },
      areLabels: areLabels)
  }
}

extension Calibration {
  /// The edges of a pixel in µm, as ImageJ's hyperstacks state them; nil if one is unknown.
  var pixelSize: (x: Double, y: Double)? {
    x.flatMap { x in y.map { (x, $0) } }
  }
}

import Compute
import Foundation
import Microscopy
import Morphometry

extension ImageConversion {
  /// Writes an input, and for OME-Zarr label images of the same series inside of it.
  ///
  /// - Parameters:
  ///   - input: The series.
  ///   - labels: Label images by name, for OME-Zarr only.
  ///   - place: The file or folder to make.
  ///   - progress: Called after each frame with the number of frames done and of all.
  /// - Returns: What is worth knowing, one line each.
  /// - Throws: An error of one line where something cannot be read, kept or written; nothing is left of
  ///   the output then, but the frames of a folder.
  public func run(
    _ input: Input, labels: [Input] = [], to place: String,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [String] {
    try checkOutput(place, inputs: [input] + labels)
    let areLabels = areLabels(input, to: place)
    let channels = try channels(input)
    var notes: [String] = []
    let type = type(input, areLabels: areLabels)
    if input.source.type == .float64, type == .float32 {
      notes.append("\(input.source.path): 64-bit floats are rounded to 32 bits")
    }
    if !input.labels.isEmpty {
      notes.append(
        "\(input.source.path): its label images (\(InputError.list(input.labels))) are images of their "
          + "own; convert \(input.source.path)/labels/\(input.labels[0]) too")
    }
    let total = input.frames + labels.reduce(0) { $0 + $1.frames }
    var done = 0
    let step = {
      done += 1
      progress(done, total)
    }
    switch format {
    case .imageJ: try writeImageJ(input, channels, areLabels: areLabels, to: place, step)
    case .omeTIFF: try writeOME(input, channels, type, to: place, step)
    case .omeZarr:
      try writeZarr(input, channels, areLabels: areLabels, labels: labels, to: place, step)
    case .ctc: notes += try writeCTC(input, channels, areLabels: areLabels, to: place, step)
    }
    return notes
  }

  /// Throws where the output exists, or is an input.
  private func checkOutput(_ place: String, inputs: [Input]) throws {
    func real(_ path: String) -> String {
      URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    for input in inputs {
      let source = real(input.source.path)
      guard real(place) != source,
        format != .ctc
          || real(place)
            != (source as NSString)
            .deletingLastPathComponent
          || input.source is ZarrImage
      else {
        throw InputError(place, "is the input", advice: .chooseOutput)
      }
    }
    guard !replaces, format != .ctc, FileManager.default.fileExists(atPath: place) else { return }
    throw InputError(place, "exists already", advice: .replaceOutput)
  }

  /// The volume of a frame and channel in the type to write.
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

  private func writeImageJ(
    _ input: Input, _ channels: [Int], areLabels: Bool, to place: String, _ step: () -> Void
  ) throws {
    let type = type(input, areLabels: areLabels)
    switch type {
    case .uint8: try hyperstack(UInt8.self, input, channels, areLabels: false, to: place, step)
    case .uint16:
      try hyperstack(UInt16.self, input, channels, areLabels: areLabels, to: place, step)
    default: try hyperstack(Float.self, input, channels, areLabels: false, to: place, step)
    }
  }

  private func hyperstack<Voxel: TIFFVoxel & Comparable>(
    _: Voxel.Type, _ input: Input, _ channels: [Int], areLabels: Bool, to place: String,
    _ step: () -> Void
  ) throws {
    let calibration = calibration(input)
    let writer = HyperstackWriter<Voxel>(
      to: place, frames: input.frames, channels: channels.count, compression: compression,
      frameInterval: calibration.frameInterval,
      pixelSize: calibration.x.flatMap { x in calibration.y.map { (x, $0) } })
    var largest: Voxel?
    for frame in 0..<input.frames {
      let volumes = try channels.map {
        try volume(input, channel: $0, frame: frame, as: Voxel.sampleType).voxels(Voxel.self)
      }
      try writer.append(channels: volumes)
      if areLabels {
        for volume in volumes {
          if let most = volume.voxels.max() { largest = max(largest ?? most, most) }
        }
      }
      step()
    }
    // ImageJ shows labels black unless it is told how bright they are.
    if let largest = largest as? UInt16 { writer.displayRange = 0...max(1, Double(largest)) }
    try writer.finish()
  }

  private func description(
    _ input: Input, channels: Int, _ type: SampleType, frames: Int
  ) -> SeriesDescription {
    SeriesDescription(
      name: input.name, frames: frames, channels: channels, extent: input.source.extent, type: type,
      calibration: calibration(input))
  }

  private func writeOME(
    _ input: Input, _ channels: [Int], _ type: SampleType, to place: String, _ step: () -> Void
  ) throws {
    let writer = try OMEStackWriter(
      to: place, description(input, channels: channels.count, type, frames: input.frames),
      compression: compression)
    for frame in 0..<input.frames {
      for channel in channels {
        try writer.append(volume(input, channel: channel, frame: frame, as: type))
      }
      step()
    }
    try writer.finish()
  }

  private func writeZarr(
    _ input: Input, _ channels: [Int], areLabels: Bool, labels: [Input], to place: String,
    _ step: () -> Void
  ) throws {
    for label in labels {
      guard label.source.extent == input.source.extent, label.frames == input.frames else {
        throw InputError(
          label.source.path,
          "has \(label.frames.counted("frame")) of \(label.source.extent) voxels (z, y, x), the image "
            + "\(input.frames) of \(input.source.extent)")
      }
    }
    let writer = try ZarrWriter(to: place, version: version)
    func write(
      _ input: Input, _ kind: ZarrWriter.Kind, _ channels: [Int], _ scale: Calibration
    ) throws {
      let type = type(input, areLabels: kind != .image)
      var description = description(
        input, channels: channels.count, type, frames: input.frames)
      description.calibration = scale
      try writer.begin(kind, description)
      for frame in 0..<input.frames {
        for (place, channel) in channels.enumerated() {
          try writer.append(
            volume(input, channel: channel, frame: frame, as: type), channel: place, frame: frame)
        }
        step()
      }
    }
    let scale = calibration(input)
    try write(input, areLabels ? .labelsAlone : .image, channels, scale)
    for label in labels {
      // Labels lie on the image's grid, whatever their files say about it.
      try write(label, .labels(label.name), Array(0..<label.channels), scale)
    }
    try writer.finish(replacing: replaces && ZarrImage.isZarr(place))
  }
}

import Compute
import Foundation
import Microscopy
import Morphometry

extension ImageConversion {
  /// Writes an input and, in OME-Zarr, label images of the same series inside it.
  ///
  /// - Parameters:
  ///   - input: The series.
  ///   - labels: Label images with their names, for OME-Zarr only.
  ///   - path: The file or folder to make, which ``check(_:inputs:others:)`` has allowed.
  ///   - progress: Called after each frame with the number of frames done and of all.
  /// - Returns: Notes for the user, one line each.
  /// - Throws: An error of one line if something cannot be read, kept or written. Nothing of the
  ///   output is left then, except for the frames of a folder.
  package func run(
    _ input: Input, labels: [Input] = [], to path: String,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [String] {
    let areLabels = areLabels(input, to: path)
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
    let output = Output(
      input: input, channels: try channels(input), areLabels: areLabels, type: type, path: path
    )
    let step = {
      done += 1
      progress(done, total)
    }
    switch format {
    case .imageJ: try writeImageJ(output, step)
    case .omeTIFF: try writeOME(output, step)
    case .omeZarr: try writeZarr(output, labels: labels, step)
    case .ctc: notes += try writeCTC(output, step)
    }
    return notes
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

  private func writeImageJ(_ output: Output, _ step: () -> Void) throws {
    switch output.type {
    case .uint8: try writeHyperstack(UInt8.self, output, step)
    case .uint16: try writeHyperstack(UInt16.self, output, step)
    default: try writeHyperstack(Float.self, output, step)
    }
  }

  private func writeHyperstack<Voxel: TIFFVoxel & Comparable>(
    _: Voxel.Type, _ output: Output, _ step: () -> Void
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
      let volumes = try output.channels.map {
        try volume(output.input, channel: $0, frame: frame, as: Voxel.sampleType)
          .voxels(Voxel.self)
      }
      try writer.append(channels: volumes)
      if output.areLabels {
        for volume in volumes {
          if let label = volume.voxels.max() { largest = max(largest ?? label, label) }
        }
      }
      step()
    }
    // Without a display range ImageJ shows labels as black.
    if let largest = largest as? UInt16 { writer.displayRange = 0...max(1, Double(largest)) }
    try writer.finish()
  }

  private func writeOME(_ output: Output, _ step: () -> Void) throws {
    let input = output.input
    let writer = try OMEStackWriter(
      to: output.path,
      description(input, channels: output.channels, output.type, areLabels: output.areLabels),
      compression: compression)
    for frame in 0..<input.frames {
      for channel in output.channels {
        try writer.append(volume(input, channel: channel, frame: frame, as: output.type))
      }
      step()
    }
    try writer.finish()
  }

  private func writeZarr(_ output: Output, labels: [Input], _ step: () -> Void) throws {
    let input = output.input
    for label in labels {
      guard label.source.extent == input.source.extent, label.frames == input.frames else {
        throw InputError(
          label.source.path,
          "has \(label.frames.counted("frame")) of \(label.source.extent) voxels (z, y, x), the image "
            + "\(input.frames) of \(input.source.extent)")
      }
    }
    let writer = try ZarrWriter(to: output.path, version: version)
    // Labels take the image's scale, whatever their own files state.
    let scale = calibration(input)
    func write(_ input: Input, _ kind: ZarrWriter.Kind, _ channels: [Int]) throws {
      let type = type(input, areLabels: kind != .image)
      var description = description(input, channels: channels, type)
      description.calibration = scale
      try writer.begin(kind, description)
      for frame in 0..<input.frames {
        for (index, channel) in channels.enumerated() {
          try writer.append(
            volume(input, channel: channel, frame: frame, as: type), channel: index, frame: frame)
        }
        step()
      }
    }
    try write(input, output.areLabels ? .labelsAlone : .image, output.channels)
    for label in labels {
      try write(label, .labels(label.name), Array(0..<label.channels))
    }
    try writer.finish(replacing: replaces)
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

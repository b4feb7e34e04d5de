import Compute
import Foundation
import Microscopy
import Morphometry

extension ImageConversion {
  /// Writes what lacks of a folder of the Cell Tracking Challenge: a TIFF for each frame, and for
  /// labels the table of tracks.
  ///
  /// - Parameters:
  ///   - output: The series.
  ///   - reading: How it is read.
  ///   - folder: The folder that is filled, which will be that of the output.
  ///   - progress: Leads through the frames.
  /// - Returns: Notes for the user, one line each.
  func writeCTC(
    _ output: Output, _ reading: ConversionProgress.Reading, in folder: String,
    _ progress: ConversionProgress
  ) throws -> [String] {
    let (input, areLabels) = (output.input, output.areLabels)
    guard output.channels.count == 1 else {
      throw InputError(
        input.source.path,
        "has \(output.channels.count) channels, but folders of the Cell Tracking Challenge have one",
        advice: .chooseChannel(count: output.channels.count))
    }
    let names = CTCNames(folder: output.path) ?? CTCNames(areLabels: areLabels)
    let calibration = calibration(input)
    var seen: [[UInt32]] = []
    for frame in 0..<input.frames {
      let name = names.file(frame, of: input.frames)
      let file = "\(folder)/\(name)"
      let known = try progress.frame(reading, frame, files: [name]) { volume, _, record in
        if output.type == .uint8 {
          return try write(volume.voxels(UInt8.self), to: file, calibration)
        }
        let words = volume.voxels(UInt16.self)
        record.labels =
          areLabels ? Set(words.voxels).subtracting([0]).sorted().map(UInt32.init) : []
        try write(
          words, to: file, calibration,
          displayRange: areLabels ? 0...Double(max(1, record.labels.last ?? 1)) : nil)
      }
      seen.append(known.labels)
    }
    guard areLabels, let name = names.tracks else { return [] }
    let given = try tracks ?? tracksBeside(input)
    let table = try given ?? Self.tracks(of: seen)
    try table.check(labels: seen)
    try table.write(to: "\(folder)/\(name)")
    return given != nil
      ? []
      : [
        "\(output.path)/\(name): a track for each label, without parents, as the input has no "
          + "tracks"
      ]
  }

  /// The files that a series becomes in a folder.
  func ctcFiles(of input: Input, in folder: String) -> [String] {
    let areLabels = areLabels(input, to: folder)
    let names = CTCNames(folder: folder) ?? CTCNames(areLabels: areLabels)
    let frames = (0..<input.frames).map { names.file($0, of: input.frames) }
    return (frames + (areLabels ? [names.tracks].compactMap { $0 } : [])).map { "\(folder)/\($0)" }
  }

  private func write<Voxel: TIFFVoxel>(
    _ volume: Volume<Voxel>, to file: String, _ calibration: Calibration,
    displayRange: ClosedRange<Double>? = nil
  ) throws {
    let writer = HyperstackWriter<Voxel>(
      to: file, frames: 1, compression: compression, frameInterval: calibration.frameInterval,
      displayRange: displayRange,
      pixelSize: calibration.pixelSize)
    try writer.append(volume)
    try writer.finish()
  }

  /// The tracks in the folder of the input's files; nil if there are none.
  func tracksBeside(_ input: Input) throws -> TrackTable? {
    let folder = (input.source.path as NSString).deletingLastPathComponent
    for name in ["res_track.txt", "man_track.txt"] {
      let file = folder.isEmpty ? name : "\(folder)/\(name)"
      if FileSystem.exists(file) { return try TrackTable(contentsOf: file) }
    }
    return nil
  }

  /// A track for each label, from the first to the last frame that contains it.
  static func tracks(of frames: [[UInt32]]) throws -> TrackTable {
    var ends: [UInt32: (first: Int, last: Int)] = [:]
    for (frame, labels) in frames.enumerated() {
      for label in labels { ends[label] = (ends[label]?.first ?? frame, frame) }
    }
    return try TrackTable(
      ends.keys.sorted().compactMap { label in
        ends[label].map { Track(label: label, firstFrame: $0.first, lastFrame: $0.last) }
      })
  }
}

import Compute
import Foundation

extension ImageSeries {
  /// The series that files and folders hold, in natural order of their names.
  ///
  /// A folder stands for the images in it. One of several frames (ImageJ, OME, tifffile, OME-Zarr)
  /// is a series of its own. Files of one frame belong together where their names differ in the
  /// time number alone; which number that is says `SeriesName`. Headers are read, pixels are not;
  /// a file that cannot be opened or contradicts the others becomes a frame whose `read()` throws.
  ///
  /// - Parameters:
  ///   - inputs: Files and folders.
  ///   - options: Channel, voxel size and frame interval where the caller knows them.
  /// - Throws: ``InputError`` where an input does not exist, a folder holds no image, two frames
  ///   would have the same name or time, or what holds for a whole series is unusable: its channel,
  ///   its voxel size, its single plane.
  public static func open(
    _ inputs: [String], options: Options = Options()
  ) throws(InputError) -> [ImageSeries] {
    try options.check()
    let files = try VolumeFiles.list(inputs).filter { options.images?.contains($0.path) ?? true }
    let drafts = try SeriesDraft.drafts(of: files)
    try SeriesDraft.checkNames(drafts)
    var stems: [String: String] = [:]
    for draft in drafts {
      for member in draft.members {
        if let other = stems.updateValue(member.file.path, forKey: member.stem) {
          throw InputError(
            member.file.path,
            "would give a result '\(member.stem)' as \(other) does",
            advice: .separateOutputs)
        }
      }
    }
    var series: [ImageSeries] = []
    for draft in drafts { series.append(try draft.series(options)) }
    return series
  }

  /// Makes the folder for results: `<folder>/<frame's stem>.tif` or `<folder>/<series' name>.tif`.
  ///
  /// - Throws: ``InputError`` where it cannot be made, or a result would replace an input.
  public static func prepare(folder: String, for series: [ImageSeries]) throws(InputError) {
    let frames = series.flatMap(\.frames)
    try VolumeFiles.prepare(
      folder: folder, stems: frames.map(\.stem) + series.map(\.name), inputs: frames.map(\.path))
  }
}

extension ImageSeries.Options {
  fileprivate func check() throws(InputError) {
    if let voxelSize, !voxelSize.isValid {
      throw InputError(
        "voxel size", "\(voxelSize) is impossible: \(VoxelSize.plausibility)")
    }
    if let frameInterval, !Calibration.plausibleIntervals.contains(frameInterval) {
      throw InputError(
        "frame interval",
        "\(frameInterval) s is impossible: give seconds above 0, at most a billion")
    }
    if case .index(let index) = channel, index < 0 {
      throw InputError("channel", "\(index + 1) is impossible: channels count from 1")
    }
  }
}

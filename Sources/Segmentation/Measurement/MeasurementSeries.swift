import Foundation
import Microscopy

/// A series of label volumes, each with its raw image.
public struct MeasurementSeries: Sendable {
  /// What the series is called, after its labels.
  public let name: String
  /// The frames by their time numbers, which increase.
  public let frames: [MeasurementFrame]
  /// Seconds from one time number to the next, nil where nobody said.
  public let frameInterval: Double?
  /// What is odd but no error, one line each.
  public let warnings: [String]

  /// Opens label files and pairs them with raw images.
  ///
  /// A label volume belongs to the image of the same name (frames of a hyperstack count as
  /// `<file>_t001` and so on). Where no name agrees and there is one series of each with the same
  /// number of frames, they are paired in the order of time. Of a folder that holds no TIFF but a
  /// folder `labels`, as `morula segment` makes it, that one is taken.
  ///
  /// - Parameters:
  ///   - labels: files and folders.
  ///   - images: files and folders; none measures no intensity.
  ///   - options: voxel size and interval where the caller knows them, and the images' channel.
  /// - Throws: `InputError` where files do not exist, do not pair or have no voxel
  ///   size.
  public static func open(
    labels: [String], images: [String], options: ImageSeries.Options
  ) throws -> [MeasurementSeries] {
    var labelOptions = options
    labelOptions.requiresVoxelSize = false
    labelOptions.channel = nil
    var imageOptions = options
    imageOptions.requiresVoxelSize = false
    imageOptions.voxelSize = nil
    let series = try ImageSeries.open(labels.map(labelFolder), options: labelOptions)
    let raw = images.isEmpty ? [] : try ImageSeries.open(images, options: imageOptions)
    return try paired(series, with: raw, images: images, options: options)
  }

  private static func paired(
    _ series: [ImageSeries], with raw: [ImageSeries], images: [String],
    options: ImageSeries.Options
  ) throws(InputError) -> [MeasurementSeries] {
    var partners: [String: (frame: SeriesFrame, interval: Double?)] = [:]
    for one in raw {
      for frame in one.frames { partners[frame.stem] = (frame, one.frameInterval) }
    }
    let all = series.flatMap(\.frames)
    if !raw.isEmpty, !all.contains(where: { partners[$0.stem] != nil }), series.count == 1,
      raw.count == 1, all.count == raw[0].frames.count
    {
      partners = [:]
      for (frame, image) in zip(all, raw[0].frames) {
        partners[frame.stem] = (image, raw[0].frameInterval)
      }
    }
    var result: [MeasurementSeries] = []
    for one in series {
      var frames: [MeasurementFrame] = []
      for frame in one.frames {
        let image = partners[frame.stem]?.frame
        if !raw.isEmpty, image == nil {
          throw InputError(
            frame.path,
            "has no image '\(frame.stem)' in \(InputError.list(images)); give labels and images equal "
              + "names")
        }
        frames.append(
          MeasurementFrame(
            labels: frame, image: image,
            voxelSize: options.voxelSize ?? frame.voxelSize ?? image?.voxelSize))
      }
      if options.voxelSize == nil,
        let unknown = frames.first(where: { $0.voxelSize == nil && $0.labels.problem == nil })
      {
        throw unknown.unknownVoxelSize
      }
      let interval = one.frameInterval ?? partners[one.frames.first?.stem ?? ""]?.interval
      result.append(
        MeasurementSeries(
          name: one.name, frames: frames, frameInterval: interval,
          warnings: one.warnings + warnings(frames, options)))
    }
    return result
  }

  private static func warnings(
    _ frames: [MeasurementFrame], _ options: ImageSeries.Options
  ) -> [String] {
    guard options.voxelSize == nil else { return [] }
    for frame in frames {
      guard let own = frame.labels.voxelSize, let image = frame.image,
        let other = image.voxelSize
      else { continue }
      if Axis.allCases.contains(where: { abs(own[$0] / other[$0] - 1) > 1e-3 }) {
        return [
          "\(frame.labels.path) has voxels of \(own), its image \(image.path) of \(other); "
            + "that of the labels is used"
        ]
      }
    }
    return []
  }

  /// The folder `labels` of a folder without TIFFs of its own, the labels of an OME-Zarr image.
  private static func labelFolder(_ argument: String) -> String {
    if ZarrImage.isZarr(argument) { return ZarrImage.labelImage(in: argument) }
    let inner = argument + "/labels"
    let values = try? URL(filePath: inner).resourceValues(forKeys: [.isDirectoryKey])
    guard values?.isDirectory == true,
      let names = try? FileManager.default.contentsOfDirectory(atPath: argument)
    else { return argument }
    let hasStacks = names.contains { name in
      [".tif", ".tiff"].contains { name.lowercased().hasSuffix($0) }
    }
    return hasStacks ? argument : inner
  }
}

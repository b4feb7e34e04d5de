import Compute
import Foundation
import Microscopy

/// A series of label volumes, each with its raw image.
package struct MeasurementSeries: Sendable {
  /// The name of the series, that of its labels.
  package let name: String
  /// The frames, in order of their time numbers.
  package let frames: [MeasurementFrame]
  /// Seconds from one time number to the next; nil if unknown.
  package let frameInterval: Double?
  /// Warnings, one line each.
  package let warnings: [String]

  /// Opens label files and pairs them with raw images.
  ///
  /// A label volume belongs to the image of the same name; the frames of a hyperstack are named
  /// `<file>_t001` and so on. If no names agree and there is one series of each with the same
  /// number of frames, they are paired in order of time. A folder that holds no TIFF but a
  /// subfolder `labels`, such as the results of a segmentation, stands for that subfolder.
  ///
  /// - Parameters:
  ///   - labels: Files and folders.
  ///   - images: Files and folders; if empty, no intensities are measured.
  ///   - options: Voxel size and interval if the caller knows them, and the images' channel.
  /// - Throws: `InputError` if files do not exist, do not pair or have no voxel size.
  package static func open(
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
    for images in raw {
      for frame in images.frames { partners[frame.stem] = (frame, images.frameInterval) }
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
    for specimen in series {
      var frames: [MeasurementFrame] = []
      for frame in specimen.frames {
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
      let interval = specimen.frameInterval ?? partners[specimen.frames.first?.stem ?? ""]?.interval
      result.append(
        MeasurementSeries(
          name: specimen.name, frames: frames, frameInterval: interval,
          warnings: specimen.warnings + warnings(frames, options)))
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

  /// The subfolder `labels` of a folder without TIFFs of its own, the labels of an OME-Zarr image,
  /// or the path as it is.
  private static func labelFolder(_ argument: String) throws(InputError) -> String {
    Folder.ofLabels(try ZarrImage.labelImage(in: argument))
  }
}

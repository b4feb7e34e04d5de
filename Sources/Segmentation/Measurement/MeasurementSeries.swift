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
  /// A label volume belongs to the image of the same name or time number (`FrameMatching`); the
  /// frames of a hyperstack are named `<file>_t001` and so on. A folder that holds no TIFF but a
  /// subfolder `labels`, such as the results of a segmentation, stands for that subfolder.
  ///
  /// - Parameters:
  ///   - labels: Files and folders.
  ///   - images: Files and folders; if empty, no intensities are measured. Label files among them
  ///     are left out.
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
    let areNamed =
      labels.count == 1 && images.count == 1
      && (labels + images).allSatisfy { !Folder.exists($0) || ZarrImage.isZarr($0) }
    let partners = try ImagePartners(of: series, in: raw, paths: images, areNamed: areNamed)
    return try paired(series, with: partners, options: options)
  }

  private static func paired(
    _ series: [ImageSeries], with partners: ImagePartners, options: ImageSeries.Options
  ) throws(InputError) -> [MeasurementSeries] {
    var result: [MeasurementSeries] = []
    var next = 0
    for specimen in series {
      var frames: [MeasurementFrame] = []
      let interval = specimen.frameInterval ?? partners.images[next]?.interval
      for frame in specimen.frames {
        let image = partners.images[next]?.frame
        next += 1
        frames.append(
          MeasurementFrame(
            labels: frame, image: image,
            voxelSize: options.voxelSize ?? frame.voxelSize ?? image?.voxelSize))
      }
      if options.voxelSize == nil,
        let unknown = frames.first(where: { $0.voxelSize == nil && $0.labels.problem == nil }),
        // A scale that is impossible fails in its frame, and other series go on.
        !frames.contains(where: {
          $0.labels.calibration.impossibleScale != nil
            || $0.image?.calibration.impossibleScale != nil
        })
      {
        throw unknown.unknownVoxelSize
      }
      result.append(
        MeasurementSeries(
          name: specimen.name, frames: frames, frameInterval: interval,
          warnings: (result.isEmpty ? partners.notes : []) + specimen.warnings
            + warnings(frames, options)))
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

import Microscopy
import Segmentation

/// From files to volumes on the network's grid: scaling, resampling, fitting to a size.
package struct Preparation: Sendable {
  /// Section `preprocessing`.
  package let preprocessing: Preprocessing
  /// The channel of files that have several.
  package let channel: ChannelChoice?
  /// Target values above it are foreground.
  package let foregroundThreshold: Float
  /// The target value of voxels that neither loss nor metrics count.
  package let ignoreValue: Float?

  /// The preparation of a configuration.
  package init(_ configuration: TrainingConfiguration) {
    preprocessing = configuration.preprocessing
    channel = configuration.data.channel
    foregroundThreshold = Float(configuration.data.foregroundThreshold)
    ignoreValue = configuration.data.ignoreValue.map(Float.init)
  }

  /// Reads and prepares a pair.
  ///
  /// - Parameters:
  ///   - pair: The files.
  ///   - isFitted: Whether to pad or crop to the configured size. Validation does not, so that it
  ///     measures every voxel of the microscope and no mirrored ones.
  package func volume(_ pair: VolumePair, isFitted: Bool) throws -> PreparedVolume {
    let image = try pair.imageFile.volume(channel: channel)
    let target = try pair.targetFile.volume(channel: channel)
    try check(pair, image.extent, target.extent)
    try checkTarget(target, of: pair)
    var prepared = try prepared(image, of: pair)
    var classes = classes(of: target, on: prepared.extent, voxelSize: prepared.voxelSize)
    if isFitted, let size = preprocessing.size {
      prepared = prepared.fitted(to: size)
      classes = classes.fitted(to: size)
    }
    return PreparedVolume(
      name: pair.stem, image: prepared, target: classes.map { Int8($0) })
  }

  /// The image of a pair scaled and resampled to the network's grid, not yet fitted to a size.
  private func prepared(_ image: Volume<Float>, of pair: VolumePair) throws -> Volume<Float> {
    var image = image
    image.voxelSize = pair.voxelSize ?? image.voxelSize
    do throws(VolumeError) {
      return try preprocessing.prepared(image)
    } catch {
      throw error == .unknownVoxelSize
        ? unknownVoxelSize(pair) : InputError(pair.image, pair.inFrame(error.description))
    }
  }

  /// Checks extents and voxel sizes of pairs from the files' headers, before an epoch is spent.
  package func verify(_ pairs: [VolumePair]) throws {
    for pair in pairs {
      let image = try pair.imageFile.source()
      let target = try pair.targetFile.source()
      try check(pair, image.extent, target.extent)
      try pair.imageFile.checkChannel(channel)
      try pair.targetFile.checkChannel(channel)
      if preprocessing.needsVoxelSize, pair.voxelSize == nil, image.calibration.voxelSize == nil {
        throw unknownVoxelSize(pair)
      }
    }
  }

  /// The number of foreground voxels in the target of each pair, on the targets' own grids; reads
  /// all targets.
  package func foregroundCounts(_ pairs: [VolumePair]) throws -> [Int] {
    try pairs.map { pair in
      let target = try pair.targetFile.volume(channel: channel)
      return target.voxels.count { $0 > foregroundThreshold && $0 != ignoreValue }
    }
  }

  private func check(_ pair: VolumePair, _ image: Extent, _ target: Extent) throws {
    guard image == target else {
      throw InputError(
        pair.target,
        "has \(target) voxels but its image \(pair.image) has \(image) (z, y, x); "
          + "both must cover the same grid")
    }
    guard image.count > 0 else { throw InputError(pair.image, "has no voxels") }
  }

  private func unknownVoxelSize(_ pair: VolumePair) -> InputError {
    let calibration = (try? pair.imageFile.source())?.calibration ?? .none
    return InputError(
      pair.image,
      "\(calibration.problem); set data.voxel_size: [x, y, z] in µm"
        + (preprocessing.scaling == .robust
          ? "" : ", or preprocessing.voxel: native to keep the grid"))
  }

  /// The classes 0, 1 and −1 of a target on another grid of the same field of view.
  ///
  /// The foreground is resampled as a probability and thresholded at 0.5, so objects neither grow
  /// nor shrink. A voxel is ignored as soon as one ignored voxel contributes to it.
  private func classes(
    of target: Volume<Float>, on extent: Extent, voxelSize: VoxelSize?
  ) -> Volume<Float> {
    let ignored: [Bool]? = ignoreValue.map { value in target.voxels.map { $0 == value } }
    var foreground = target.map { $0 > foregroundThreshold ? Float(1) : 0 }
    guard let ignored, ignored.contains(true) else {
      var result = foreground.resampled(to: extent).map { $0 >= 0.5 ? Float(1) : 0 }
      result.voxelSize = voxelSize
      return result
    }
    for i in ignored.indices where ignored[i] { foreground.voxels[i] = 0 }
    let share = Volume(ignored.map { $0 ? Float(1) : 0 }, extent: target.extent)
      .resampled(to: extent)
    let probability = foreground.resampled(to: extent)
    let classes = zip(probability.voxels, share.voxels).map { p, share in
      share > 0 ? Float(-1) : p >= 0.5 ? 1 : 0
    }
    return Volume(classes, extent: extent, voxelSize: voxelSize)
  }
}

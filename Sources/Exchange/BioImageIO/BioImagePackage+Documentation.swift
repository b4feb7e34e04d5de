import Microscopy
import Networks
import Segmentation

extension BioImagePackage {
  /// The text of README.md.
  var documentation: String {
    let (architecture, description) = (model.network.configuration, model.description)
    let channels =
      description.output == .softmax
      ? "two channels, the probabilities of background and foreground"
      : "one channel, the probability of foreground"
    return """
      # \(name)

      \(about)

      A 3D U-Net of \(architecture.levels) levels, base width \(architecture.base) and windows of \
      \(architecture.kernel)³ with \(architecture.parameterCount) parameters, exported by Morula \
      \(Version.current).

      ## Input

      One channel, axes z, y, x. \(grid) Any extent of at least \(smallestExtent) voxels; the graph \
      mirrors what is missing to a multiple of \(architecture.multiple).

      \(scaling)

      ## Output

      On the input's grid, \(channels). A voxel is foreground from \(description.threshold) on. \
      \(description.kind == .ndn
        ? "Each connected region is the center of one nucleus."
        : "Instances follow by a watershed from the nuclei's centers.")

      ## Normalization

      \(statistics)

      ## Validation

      \(validation) To validate it on volumes of your own, compare the thresholded output with \
      annotated masks: intersection over union of the foreground, and SEG of the Cell Tracking \
      Challenge for instances.

      """
  }

  private var grid: String {
    hasVoxelSize
      ? "Resample volumes linearly to voxels of \(gridVoxelSize); this is not part of the package's "
        + "preprocessing."
      : "Voxels should be cubes; volumes of anisotropic voxels must be resampled first."
  }

  private var scaling: String {
    switch model.preprocessing.scaling {
    case .minMax:
      "Intensities are scaled to 0…1 between the minimum and the maximum of the volume, which the "
        + "package declares."
    case .percentile:
      "Intensities are scaled between two percentiles of the volume and limited to 0…1, which the "
        + "package declares."
    case .none: "Intensities are taken as they are."
    case .robust:
      "Intensities must be scaled before, as the package cannot declare it: (S − B)/(P − B), limited "
        + "to −0.5…1.5, where S is the volume without hot and dead pixels, B the "
        + "25th percentile of S smoothed by a Gaussian of 1 µm, and P what the brightest "
        + "\(model.preprocessing.brightVolume) µm³ of it exceed. The test input is scaled already."
    }
  }

  private var statistics: String {
    let epsilon = model.network.configuration.epsilon
    return model.network.inferenceStatistics == .running
      ? "Batch normalization uses the running statistics of training, ε = \(epsilon)."
      : "Batch normalization uses the statistics of the input itself, ε = \(epsilon): give whole "
        + "volumes, not tiles."
  }

  private var validation: String {
    let iou = model.description.validationIoU.map {
      "The intersection over union on the validation volumes of its training was "
        + "\(($0 * 10000).rounded() / 10000)."
    }
    return iou ?? "No validation score is recorded for these weights."
  }
}

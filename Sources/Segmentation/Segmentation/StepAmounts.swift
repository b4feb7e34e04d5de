import Microscopy
import Networks

/// How much work the steps of a segmentation are, as far as it is known before: to tell which share
/// of it is done.
struct StepAmounts {
  /// To find the foreground, the centers, and the nuclei in them, each with what goes with it, in
  /// multiply–adds.
  let foreground, centers, instances: Double

  /// All of them.
  var total: Double { foreground + centers + instances }

  /// What takes as long, for a voxel of the image, as the steps after the networks.
  private static let instanceAmount = 250_000.0
  /// The same for a threshold with its filters.
  private static let thresholdAmount = 100_000.0

  /// The amounts for an image.
  init(of segmenter: Segmenter, _ image: some PlaneSource<Float>) {
    func amount(_ predictor: Predictor) -> Double {
      let grid = try? predictor.gridExtent(of: image.extent, voxelSize: image.voxelSize, name: "")
      let once = predictor.model.network.configuration.multiplyAdds(
        for: (grid ?? image.extent).axes)
      return Double(once) * (predictor.averagesMirrorImages ? 8 : 1)
    }
    let voxels = Double(image.extent.count)
    switch segmenter.foreground {
    case .network(let predictor): foreground = amount(predictor)
    case .classical: foreground = Self.thresholdAmount * voxels
    }
    centers = segmenter.detector.map(amount) ?? 0
    instances = Self.instanceAmount * voxels
  }
}

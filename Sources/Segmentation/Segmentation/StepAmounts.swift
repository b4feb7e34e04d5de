import Microscopy
import Networks

/// How much work the steps of a segmentation are, as far as it is known before: to tell which share
/// of it is done.
struct StepAmounts {
  /// To find the foreground, the centers, and the nuclei in them, each with what goes with it, in
  /// multiply–adds of convolutions with 3³ windows.
  let foreground, centers, instances: Double

  /// All of them.
  var total: Double { foreground + centers + instances }

  /// What takes as long, for a voxel of the image, as the steps after the networks.
  private static let instanceAmount = 20_000.0
  /// The same for a threshold with its filters.
  private static let thresholdAmount = 10_000.0

  /// The amounts for an image.
  init(of segmenter: Segmenter, _ image: some PlaneSource<Float>) {
    func amount(_ predictor: Predictor) -> Double {
      let grid = try? predictor.gridExtent(of: image.extent, voxelSize: image.voxelSize, name: "")
      let architecture = predictor.model.network.configuration
      let once = architecture.multiplyAdds(for: (grid ?? image.extent).axes)
      // Fast convolutions save the more of their multiply–adds the larger their windows are.
      return Double(once) * 3 / Double(architecture.kernel)
        * (predictor.averagesMirrorImages ? 8 : 1)
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

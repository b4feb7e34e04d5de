import Compute
import Microscopy
import Morphometry
import Networks
import Segmentation
import Tensors

/// Measures a network on whole volumes, on the network's grid.
struct Validator: Sendable {
  private let source: SampleSource
  private let output: Model.Output
  private let threshold: Double
  private let detectionRadius: Double?
  private let loss: any Loss

  init(_ source: SampleSource, configuration: TrainingConfiguration, loss: any Loss) {
    self.source = source
    output = configuration.network.output
    threshold = configuration.training.threshold
    detectionRadius = configuration.validation.detectionRadius
    self.loss = loss
  }

  /// The means over all volumes; `report(name, loss, done)` is called after each
  /// and may end it by throwing.
  func validate(
    _ network: UNet3D, workspace: inout Workspace,
    report: (_ name: String, _ loss: Double, _ done: Int) throws -> Void
  ) throws -> EpochRecord.Validation {
    var losses: [Double] = []
    var ious: [Double] = []
    var matches: [DetectionMatching] = []
    let source = source
    let network = try InferenceNetwork(network)
    let samples = Prefetcher(0..<source.count, depth: 1) {
      try source.sample(epoch: 0, position: $0)
    }
    defer { samples.cancel() }
    while let sample = try samples.next() {
      let shape = sample.image.extent.activation
      let target = Tensor(sample.target.voxels, shape: shape)
      let logits = try network.predict(
        Tensor(sample.image.voxels, shape: shape), workspace: &workspace)
      let value = try loss(logits, target: target).value
      losses.append(value)
      ious.append(
        ForegroundOverlap(
          logits: logits, targets: target, output: output, threshold: threshold
        ).intersectionOverUnion)
      if let detectionRadius {
        let probability = Volume(
          try output.probability(of: logits).scalars, extent: sample.image.extent,
          voxelSize: sample.image.voxelSize)
        matches.append(
          DetectionMatching(
            predictions: centers(probability, from: Float(threshold)),
            truth: centers(sample.target, from: 0.5), radius: detectionRadius))
      }
      try report(sample.name, value, losses.count)
    }
    return EpochRecord.Validation(
      loss: mean(losses), iou: mean(ious), iouDeviation: deviation(ious),
      detection: detectionRadius == nil ? nil : .init(pooling: matches))
  }

  /// The centroids in µm of the connected components (26 neighbors) of the voxels from `level`; in
  /// voxels if the voxel size is unknown.
  private func centers(_ volume: Volume<Float>, from level: Float) -> [PhysicalPoint] {
    let size = volume.voxelSize ?? VoxelSize(isotropic: 1)
    return volume.thresholded(at: level).connectedComponents(.corners).objects().map {
      PhysicalPoint(
        z: $0.centroid.z * size.z, y: $0.centroid.y * size.y, x: $0.centroid.x * size.x)
    }
  }

  private func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(max(values.count, 1))
  }

  private func deviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
}

extension EpochRecord.Detection {
  /// The counts of all volumes added up; 1 if there was nothing to find and nothing was found.
  init(pooling matches: [DetectionMatching]) {
    let matched = matches.reduce(0) { $0 + $1.truePositives }
    let predicted = matches.reduce(0) { $0 + $1.predictionCount }
    let truth = matches.reduce(0) { $0 + $1.truthCount }
    func ratio(_ part: Int, _ whole: Int) -> Double {
      whole > 0 ? Double(part) / Double(whole) : (predicted + truth == 0 ? 1 : 0)
    }
    self.init(
      precision: ratio(matched, predicted), recall: ratio(matched, truth),
      f1: ratio(2 * matched, predicted + truth))
  }
}

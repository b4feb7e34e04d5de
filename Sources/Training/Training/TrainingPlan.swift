import Compute
import Microscopy
import Networks
import Segmentation
import Tensors

/// What a run will do, known before its first step.
public struct TrainingPlan: Sendable, Hashable {
  /// Trained parameters.
  public var parameters: Int
  /// Volumes that train.
  public var trainingVolumes: Int
  /// Volumes that validate.
  public var validationVolumes: Int
  /// Samples of an epoch.
  public var samples: Int
  /// Updates of an epoch.
  public var stepsPerEpoch: Int
  /// Epochs.
  public var epochs: Int
  /// The extent of a training sample (the largest, if whole volumes differ).
  public var sample: Extent
  /// Samples of one forward pass.
  public var batchSize: Int
  /// Estimated peak memory in bytes.
  public var bytes: Int
  /// Floating-point operations of one training sample: forward, input and weight gradient.
  public var flopsPerSample: Double
  /// Floating-point operations of validation, spread over the epochs.
  public var validationFlopsPerEpoch: Double
  /// Estimated seconds of the whole run, from a short measurement of this machine.
  public var seconds: Double
  /// Threads in use.
  public var threads: Int
  /// The SIMD variant of the kernels and the core of OpenBLAS.
  public var engine: String
  /// What the user should know about the files of the data, one line each.
  public var notes: [String] = []

  /// Floating-point operations of one training step on `multiplyAdds`: forward, input gradient and
  /// weight gradient, two operations each.
  static func trainingFlops(_ multiplyAdds: Int) -> Double { 6 * Double(multiplyAdds) }
}

extension TrainingPlan {
  /// The plan of a configuration over volumes of these extents on the network's grid.
  init(
    _ configuration: TrainingConfiguration, architecture: UNetConfiguration, samples: Int,
    training: [Extent], validation: [Extent]
  ) throws {
    let loop = configuration.training
    let extents =
      switch configuration.sampling.mode {
      case .patches: [configuration.sampling.patch]
      case .whole: configuration.preprocessing.size.map { [$0] } ?? training
      }
    let costs = extents.map { architecture.multiplyAdds(for: $0.axes) }
    guard let sample = extents.max(by: { $0.count < $1.count }) else {
      throw TrainingError("data", "no volume trains")
    }
    self.sample = sample
    parameters = architecture.parameterCount
    trainingVolumes = training.count
    validationVolumes = validation.count
    self.samples = samples
    batchSize = loop.batchSize
    stepsPerEpoch = Self.steps(samples: samples, loop)
    epochs = loop.epochs
    flopsPerSample = Self.trainingFlops(costs.reduce(0, +)) / Double(costs.count)
    let validationCost = validation.reduce(0) {
      $0 + architecture.multiplyAdds(for: $1.axes)
    }
    validationFlopsPerEpoch = 2 * Double(validationCost) / Double(configuration.validation.every)
    let moments = configuration.optimizer.momentCount + (loop.ema == nil ? 0 : 1)
    let step = architecture.trainingBytes(
      for: sample.axes, batch: loop.batchSize, moments: moments, recomputing: loop.recompute,
      accumulating: loop.accumulate > 1)
    // A validation volume and its target, as volume and as tensor, and the next ones.
    let validating =
      validation.map {
        architecture.validationBytes(
          for: $0.axes, betweenStepsOf: sample.axes, batch: loop.batchSize, moments: moments)
          + 32 * $0.count
      }.max() ?? 0
    // Image and target of what is prefetched, and of the batch as volumes and as tensors.
    let held = (loop.prefetch + 2 * loop.batchSize) * sample.count * 8
    let fitted = configuration.preprocessing.size.map { size in training.map { _ in size } }
    let volumes = ((fitted ?? training) + validation).reduce(0) { $0 + $1.count * 5 }
    let cached = min(configuration.data.cache.bytes, volumes)
    let activations = max(step, validating)
    bytes = activations + held + cached + Self.processBytes
    threads = Parallel.threadCount
    engine = "\(Engine.kernelVariant) kernels, OpenBLAS \(Engine.blasCore)"
    let rate = try Self.measuredRate(architecture)
    let perEpoch = Double(samples) * flopsPerSample + validationFlopsPerEpoch
    seconds = Double(epochs) * perEpoch / rate
  }

  /// What the process takes besides volumes and activations: libraries, OpenBLAS's buffers, stacks,
  /// volumes in preparation.
  package static let processBytes = 200_000_000

  /// Updates of an epoch.
  static func steps(samples: Int, _ loop: LoopConfiguration) -> Int {
    samples.parts(of: loop.batchSize * loop.accumulate)
  }

  /// Floating-point operations per second of one small training step of this network: the largest
  /// of a few sizes that takes less than a second or so.
  private static func measuredRate(_ architecture: UNetConfiguration) throws -> Double {
    var network = try UNet3D(architecture, initializer: .heNormal, seed: 0)
    let smallest = max(32, architecture.multiple)
    let edge =
      [64, 48].first {
        $0 >= smallest && trainingFlops(architecture.multiplyAdds(for: SpatialAxes($0))) < 1e11
      } ?? smallest
    let extents = SpatialAxes(edge)
    let input = Tensor(
      repeating: 0.5, shape: Extent(depth: edge, height: edge, width: edge).activation)
    var workspace = Workspace()
    func step() throws {
      let (logits, tape) = try network.forward(input, workspace: &workspace)
      try network.backwardParameters(logits, tape: tape, workspace: &workspace)
    }
    try step()
    let elapsed = try ContinuousClock().measure { try step() }
    return trainingFlops(architecture.multiplyAdds(for: extents)) / elapsed.inSeconds
  }
}

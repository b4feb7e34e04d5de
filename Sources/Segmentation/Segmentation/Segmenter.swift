import Compute
import Microscopy

/// Segments a microscope's volume into instances.
public struct Segmenter: Sendable {
  /// The method that finds the foreground.
  public enum Foreground: Sendable {
    /// A network: NSN, or a U-Net.
    case network(Predictor)
    /// Smoothing and a threshold.
    case classical(ClassicalForeground)
  }

  /// The results of one volume.
  public struct Result: Sendable {
    /// The nuclei.
    public let instances: Instances
    /// The foreground before holes were filled and nuclei dropped.
    public let mask: Volume<Bool>
    /// The foreground probability; nil without a network.
    public let foregroundProbability: Volume<Float>?
    /// The probability of centers; nil without a detector.
    public let centerProbability: Volume<Float>?
  }

  /// The method that finds the foreground.
  public let foreground: Foreground
  /// The network that finds centers; nil without an NDN.
  public let detector: Predictor?
  /// The rules from foreground and centers to instances.
  public let parameters: SegmentationParameters
  /// The memory that a run may take; nil for any.
  package var memoryLimit: MemoryLimit?

  /// A segmenter.
  ///
  /// Without a detector `parameters.splitting` must not need one.
  public init(
    foreground: Foreground, detector: Predictor?, parameters: SegmentationParameters
  ) {
    precondition(
      detector != nil || !parameters.splitting.needsCenters, "splitting by centers needs a detector"
    )
    self.foreground = foreground
    self.detector = parameters.splitting.needsCenters ? detector : nil
    self.parameters = parameters
  }

  /// The nuclei of a volume, on its own grid.
  ///
  /// - Parameters:
  ///   - image: The microscope's values, with their voxel size.
  ///   - name: The file, for messages.
  ///   - workspace: Scratch memory, reused from volume to volume.
  /// - Throws: `InputError` if the volume has no voxel size, holds values that are not finite, or
  ///   exceeds the memory.
  public func segment(
    _ image: Volume<Float>, name: String, workspace: inout Workspace
  ) throws -> Result {
    guard let voxelSize = image.voxelSize else {
      throw InputError(name, "does not state its voxel size", advice: .stateVoxelSize())
    }
    try Self.checkFinite(image, name: name)
    let amounts = StepAmounts(of: self, image)
    var progress = WorkSteps(of: amounts.total)
    var foregroundProbability: Volume<Float>?
    let mask: Volume<Bool>
    switch foreground {
    case .classical(let classical):
      mask = classical.mask(of: image, voxelSize: voxelSize)
      progress.finish(amounts.foreground)
    case .network(let predictor):
      let probability = try progress.run(amounts.foreground) {
        try predictor.probability(of: image, name: name, workspace: &workspace)
      }
      mask = probability.thresholded(
        at: Float(parameters.foregroundThreshold ?? predictor.threshold))
      foregroundProbability = probability
    }
    let splitter = InstanceSplitter(parameters)
    var centers: [VoxelIndex] = []
    var centerProbability: Volume<Float>?
    if let detector {
      let probability = try progress.run(amounts.centers) {
        try detector.probability(of: image, name: name, workspace: &workspace)
      }
      centers = splitter.centers(
        in: probability,
        threshold: Float(parameters.centerThreshold ?? detector.threshold),
        voxelSize: voxelSize)
      centerProbability = probability
    }
    if image.extent.count > Self.smallVolume {
      workspace = Workspace()
      MemoryPool.release()
    }
    return Result(
      instances: progress.run(amounts.instances) {
        splitter.instances(in: mask, centers: centers, voxelSize: voxelSize)
      }, mask: mask, foregroundProbability: foregroundProbability,
      centerProbability: centerProbability)
  }
}

extension Segmenter {
  /// Up to so many voxels the memory of activations is kept from frame to frame.
  static let smallVolume = 1 << 24

  /// Throws if a voxel is not finite.
  static func checkFinite(_ image: Volume<Float>, name: String) throws(InputError) {
    guard image.voxels.allSatisfy(\.isFinite) else {
      throw InputError(
        name, "has voxels that are not finite (NaN or infinite); replace them, for example by 0")
    }
  }
}

extension SegmentationParameters.Splitting {
  /// Whether a detector of centers is needed.
  public var needsCenters: Bool { self == .centers || self == .combined }
}

extension Segmenter {
  /// What the results depend on besides models and rules, as names with values.
  var settings: [(name: String, value: String)] {
    guard case .network(let predictor) = foreground else { return [] }
    return [
      ("mirror", "\(predictor.averagesMirrorImages)"),
      ("batch_norm", "\(predictor.model.network.inferenceStatistics)"),
    ]
  }
}

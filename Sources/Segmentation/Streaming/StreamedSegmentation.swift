import Compute
import Microscopy
import Morphometry

/// The way of a frame that is larger than the memory: the volume is read, prepared and predicted
/// part by part, what is as large as a volume lies in scratch files, and the foreground is kept as
/// runs. The results are those of ``Segmenter/segment(_:name:workspace:)``, bit for bit.
package struct StreamedSegmentation {
  /// The most memory that a slab takes: larger ones are not faster.
  static let largestSlab = 1 << 28

  private let segmenter: Segmenter
  /// The bytes for runs, and for a slab or a part that is split.
  private let bytes: Int
  /// The bytes for a slab.
  private let slabBytes: Int
  /// The most runs of which a mask may consist.
  private let runs: Int

  /// A way for frames.
  ///
  /// - Parameters:
  ///   - segmenter: With networks, whose activations are limited.
  ///   - bytes: Memory for runs, and for a slab or a part that is split.
  ///   - runs: The most runs of which a mask may consist.
  ///   - slabBytes: Memory for a slab; nil takes what is fast.
  package init(segmenter: Segmenter, bytes: Int, runs: Int, slabBytes: Int? = nil) {
    self.slabBytes =
      slabBytes ?? min(bytes - runs * MemoryPlan.bytesPerRun, Self.largestSlab)
    self.segmenter = segmenter
    self.bytes = bytes
    self.runs = runs
  }

  /// The nuclei of a frame.
  ///
  /// - Parameters:
  ///   - image: The microscope's values, with their voxel size.
  ///   - name: The file, for messages.
  package func results(
    of image: any PlaneSource<Float>, name: String
  ) throws -> FrameResults {
    guard let voxelSize = image.voxelSize else {
      throw InputError(name, "does not state its voxel size", advice: .stateVoxelSize())
    }
    guard case .network(let predictor) = segmenter.foreground else {
      preconditionFailure("a threshold needs the whole volume")
    }
    let margin = MemoryPlan.margins(on: voxelSize, segmenter.parameters).scaling
    let slab = image.extent.planes(
      in: slabBytes, bytesPerVoxel: Self.bytesPerVoxel, margin: margin)
    let amounts = StepAmounts(of: segmenter, image)
    var progress = WorkSteps(of: amounts.total)
    try image.forEachSlab(of: slab) { try Segmenter.checkFinite($1, name: name) }
    var networks = StreamedNetworks(
      image: image, voxelSize: voxelSize, name: name, slab: slab, slabBytes: slabBytes)
    let foreground = try progress.run(amounts.foreground) {
      try networks.probability(of: predictor, isLast: segmenter.detector == nil)
    }
    let level = Float(segmenter.parameters.foregroundThreshold ?? predictor.threshold)
    // Made again when it is needed, so that no network runs beside it.
    func mask() throws -> MaskRuns {
      try MaskRuns(foreground, atLeast: level, bytes: slabBytes, limit: runs, name: name)
    }
    let splitter = InstanceSplitter(segmenter.parameters)
    var centers: [VoxelIndex] = []
    var centerProbability: ResampledPlanes?
    if let detector = segmenter.detector {
      // What does not fit is said before hours of another network.
      try splitter.checkParts(of: mask(), name: name, bytes: bytes)
      let planes = try progress.run(amounts.centers) {
        try networks.probability(of: detector, isLast: true)
      }
      centers = try splitter.centers(
        in: planes, threshold: Float(segmenter.parameters.centerThreshold ?? detector.threshold),
        voxelSize: voxelSize, name: name, bytes: slabBytes, limit: runs)
      centerProbability = planes
    }
    let instances = try progress.run(amounts.instances) {
      try splitter.instances(
        in: mask(), centers: centers, voxelSize: voxelSize, name: name, bytes: bytes,
        slabBytes: slabBytes)
    }
    return FrameResults(
      labels: instances.runs, isUncentered: instances.isUncentered,
      mask: MappedPlanes(foreground) { $0.thresholded(at: level) },
      foregroundProbability: foreground, centerProbability: centerProbability,
      measurements: try NucleusMeasurements(instances.runs, image: image, slab: slab),
      digest: try image.digest(name: name, slab: slab))
  }

  /// What a voxel of a slab takes at the worst moment of scaling: the planes as read, cleaned,
  /// smoothed, and two of them on their way.
  static let bytesPerVoxel = 24
}

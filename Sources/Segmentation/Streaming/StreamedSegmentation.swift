import Compute
import Microscopy
import Morphometry

/// The way of a frame that is larger than the memory: the volume is read, prepared and predicted
/// part by part, what is as large as a volume lies in scratch files, and the foreground is kept as
/// runs. The results are those of ``Segmenter/segment(_:name:workspace:)``, bit for bit.
package struct StreamedSegmentation {
  /// The most memory that a slab takes: larger ones are not faster.
  private static let largestSlab = 1 << 28

  let segmenter: Segmenter
  /// The bytes for a box, beside the runs of the foreground.
  let bytes: Int
  /// The bytes for a slab.
  let slabBytes: Int
  /// The most runs of which the foreground may consist.
  let runs: Int

  /// A way for frames.
  ///
  /// - Parameters:
  ///   - segmenter: With networks, whose activations are limited.
  ///   - bytes: Memory for a slab or a box.
  ///   - runs: The most runs of which the foreground may consist.
  ///   - slabBytes: Memory for a slab; nil takes what is fast.
  package init(segmenter: Segmenter, bytes: Int, runs: Int, slabBytes: Int? = nil) {
    self.slabBytes = slabBytes ?? min(bytes, Self.largestSlab)
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
    let parameters = segmenter.parameters
    var inputs = NetworkInputs(image: image, name: name, slab: slab)
    var workspace = Workspace()
    func probability(of predictor: Predictor) throws -> ResampledPlanes {
      let input = try inputs.input(of: predictor)
      let output = try predictor.probability(
        ofScratch: input, name: name, bytes: slabBytes, workspace: &workspace)
      MemoryPool.release()
      var planes = ResampledPlanes(output, to: image.extent)
      planes.voxelSize = voxelSize
      return planes
    }
    let foreground = try progress.run(amounts.foreground) { try probability(of: predictor) }
    let mask = try MaskRuns(
      foreground, atLeast: Float(parameters.foregroundThreshold ?? predictor.threshold),
      bytes: slabBytes)
    guard mask.runs.count <= runs else {
      throw InputError(
        name,
        "has a foreground of \(mask.runs.count) runs of voxels, of which \(runs) fit in the memory: "
          + "it is mostly noise, so check the model and the threshold", advice: .allowMemory)
    }
    let splitter = InstanceSplitter(parameters)
    var centers: [VoxelIndex] = []
    var centerProbability: ResampledPlanes?
    if let detector = segmenter.detector {
      let planes = try progress.run(amounts.centers) { try probability(of: detector) }
      centers = try splitter.centers(
        in: planes, threshold: Float(parameters.centerThreshold ?? detector.threshold),
        voxelSize: voxelSize, bytes: slabBytes)
      centerProbability = planes
    }
    workspace = Workspace()
    inputs.forget()
    MemoryPool.release()
    let instances = try progress.run(amounts.instances) {
      try splitter.instances(
        in: mask, centers: centers, voxelSize: voxelSize, name: name, bytes: bytes,
        slabBytes: slabBytes)
    }
    return FrameResults(
      labels: instances.runs, isUncentered: instances.isUncentered,
      mask: mask, foregroundProbability: foreground,
      centerProbability: centerProbability,
      measurements: try NucleusMeasurements(instances.runs, image: image, slab: slab),
      digest: try image.digest(name: name, slab: slab))
  }

  /// What a voxel of a slab takes at the worst moment of scaling: the planes as read, cleaned,
  /// smoothed, and two of them on their way.
  static let bytesPerVoxel = 24
}

/// The prepared volumes of networks in scratch; networks that see the same share one.
private struct NetworkInputs {
  let image: any PlaneSource<Float>
  let name: String
  let slab: Int
  private var last: (preprocessing: Preprocessing, grid: VoxelSize?, volume: ScratchVolume<Float>)?

  init(image: any PlaneSource<Float>, name: String, slab: Int) {
    self.image = image
    self.name = name
    self.slab = slab
  }

  /// The input of a network.
  mutating func input(of predictor: Predictor) throws -> ScratchVolume<Float> {
    let preprocessing = predictor.model.preprocessing
    let grid = predictor.model.description.gridVoxelSize
    if let last, last.preprocessing == preprocessing, last.grid == grid { return last.volume }
    last = nil
    do {
      let prepared = try preprocessing.prepared(image, isotropicGrid: grid, slab: slab)
      let volume = try ScratchVolume(prepared, slab: slab)
      last = (preprocessing, grid, volume)
      return volume
    } catch let error as VolumeError {
      throw InputError(name, error.description)
    }
  }

  /// Gives the scratch back.
  mutating func forget() { last = nil }
}

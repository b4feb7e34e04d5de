import Compute
import Microscopy
import Networks
import Tensors

/// The way in which a frame is segmented within the memory of the process, and what it takes at its
/// worst moment.
package struct MemoryPlan: Sendable {
  /// The ways.
  package enum Way: Sendable, Hashable {
    /// Everything in memory, with so many bytes for activations.
    case inMemory(activations: Int)
    /// Part by part, with so many bytes for activations; then with so many for the runs of the
    /// foreground, of which there may be at most so many, and for a slab or a part that is split.
    case streamed(activations: Int, bytes: Int, runs: Int)
  }

  /// The way.
  package let way: Way
  /// The most memory of the process, in bytes.
  package let bytes: Int
  /// The part of ``bytes`` that all frames share: the program and the networks' weights.
  package let shared: Int

  /// What the frame takes beside what it shares with others, in bytes.
  package var own: Int { bytes - shared }

  /// The program, its libraries and what they keep, and what blocks of memory are larger than what
  /// is in them.
  static let process = 144 << 20
  /// The bytes of a run of foreground from the mask to the tables.
  package static let bytesPerRun = 64
  /// The voxels of the volume for which a run of foreground is planned.
  static let voxelsPerRun = 96
}

/// What a frame takes in memory, by the steps of its segmentation.
struct MemoryNeeds {
  /// The bytes of a voxel while instances are found and measured: image, masks, parts, distances,
  /// markers, and the lists of the watershed.
  private static let instanceBytes = 56
  /// The same of a threshold, which sorts all values before.
  private static let classicalBytes = 56
  /// The bytes of a voxel while a network's input is scaled: image, clean and smooth image.
  private static let scalingBytes = 16

  let parameters: SegmentationParameters
  let extent: Extent
  let voxelSize: VoxelSize?
  /// The networks, each with the extents of its grid.
  let networks: [(predictor: Predictor, grid: Extent)]

  /// The needs of a frame.
  ///
  /// - Throws: `InputError` if the grid of a network makes no sense for it.
  init(
    of extent: Extent, voxelSize: VoxelSize?, name: String, predictors: [Predictor],
    parameters: SegmentationParameters
  ) throws(InputError) {
    self.parameters = parameters
    self.extent = extent
    self.voxelSize = voxelSize
    var networks: [(predictor: Predictor, grid: Extent)] = []
    for predictor in predictors {
      networks.append(
        (predictor, try predictor.gridExtent(of: extent, voxelSize: voxelSize, name: name)))
    }
    self.networks = networks
  }

  /// What is there whatever the way: the program and the networks' weights and workspace.
  private var fixed: Int { shared + workspace }

  /// The workspace of the networks.
  private var workspace: Int {
    networks.reduce(0) {
      $0 + $1.predictor.model.network.configuration.predictionWorkspaceBytes(for: Self.tile)
    }
  }

  /// The part of all needs that frames share: the program and the weights.
  private var shared: Int { Self.shared(by: networks.map(\.predictor)) }

  /// What frames that these networks work on share: the program and the weights.
  static func shared(by predictors: [Predictor]) -> Int {
    MemoryPlan.process
      + predictors.reduce(0) { sum, predictor in
        let architecture = predictor.model.network.configuration
        return sum + architecture.predictionBytes(for: tile)
          - architecture.activationBytes(for: tile)
          - architecture.predictionWorkspaceBytes(for: tile)
      }
  }

  /// A tile of the usual size, for which convolutions are planned.
  private static var tile: SpatialAxes { Extent(depth: 128, height: 128, width: 128).axes }

  /// The plan within a limit; nil if nothing fits.
  func plan(within limit: Int) -> MemoryPlan? {
    let voxels = extent.count
    let isSmall = voxels <= Segmenter.smallVolume
    func instances(_ activations: Int) -> Int {
      let own = networks.isEmpty ? Self.classicalBytes : Self.instanceBytes
      return own * voxels + (isSmall ? activations : 0)
    }
    let largest = largestActivations
    let rest = besideActivations
    let whole = fixed + max(largest + largest / 16 + rest, instances(largest))
    if whole <= limit {
      return MemoryPlan(way: .inMemory(activations: largest), bytes: whole, shared: shared)
    }
    // Smaller tiles, if all else fits.
    let room = min(limit - fixed - rest, isSmall ? limit - fixed - instances(0) : .max)
    let activations = Self.activations(in: room)
    if fixed + max(rest, instances(0)) < limit, networks.isEmpty || fits(activations) {
      return MemoryPlan(way: .inMemory(activations: activations), bytes: limit, shared: shared)
    }
    return streamed(within: limit)
  }

  /// The bytes for activations if the networks alone run in memory, within a limit; nil if not even
  /// their smallest tiles fit.
  func prediction(within limit: Int) -> Int? {
    let activations = min(
      largestActivations, Self.activations(in: limit - fixed - besideActivations))
    return fits(activations) ? activations : nil
  }

  /// What a frame takes beside what it shares with others if the networks alone run on it, with so
  /// many bytes for activations.
  func prediction(activations: Int) -> Int {
    workspace + besideActivations + activations + activations / 9
  }

  /// The activations of whole volumes.
  var largestActivations: Int {
    networks.map { network in
      network.predictor.model.network.configuration.activationBytes(
        for: network.grid.paddedAxes(network.predictor))
    }.max() ?? 0
  }

  /// What is in memory while a network runs: the image and the last mask and probability, the
  /// network's input and output; or while its input is scaled.
  private var besideActivations: Int {
    networks.map { network in
      max(9 * extent.count + 12 * network.grid.count, (Self.scalingBytes + 5) * extent.count)
    }.max() ?? 0
  }

  /// The plan part by part; nil if it does not fit.
  private func streamed(within limit: Int) -> MemoryPlan? {
    guard let voxelSize, !networks.isEmpty else { return nil }
    // Networks run before there are runs.
    let room = limit - fixed
    let activations = Self.activations(in: room)
    let margins = MemoryPlan.margins(on: voxelSize, parameters)
    let plane = extent.height * extent.width
    let slab = max(
      StreamedSegmentation.bytesPerVoxel * plane * min(extent.depth, 1 + 2 * margins.scaling),
      12 * plane * min(extent.depth, 1 + 2 * margins.maxima),
      9 * extent.depth * extent.width)
    // Arrays grow by a little more than they hold.
    let bytes = room / 5 * 4
    let planned = max(1 << 18, extent.count / MemoryPlan.voxelsPerRun) * MemoryPlan.bytesPerRun
    guard bytes >= slab + planned, fits(activations) else { return nil }
    // Slabs are not larger than is fast, if there may be more runs instead.
    let fast = max(slab, min(bytes - planned, StreamedSegmentation.largestSlab))
    return MemoryPlan(
      way: .streamed(
        activations: activations, bytes: bytes, runs: (bytes - fast) / MemoryPlan.bytesPerRun),
      bytes: limit, shared: shared)
  }

  /// The part of some bytes for activations: beside them a tile is there as voxels, three times.
  private static func activations(in bytes: Int) -> Int { bytes / 10 * 9 }

  /// Whether every network has tiles that take at most so much.
  private func fits(_ activations: Int) -> Bool {
    networks.allSatisfy { network in
      let architecture = network.predictor.model.network.configuration
      let isWhole = network.predictor.model.network.inferenceStatistics != .running
      return activations
        >= (isWhole
          ? architecture.activationBytes(for: network.grid.paddedAxes(network.predictor))
          : TileCuts.smallestActivationBytes(of: network.grid, architecture))
    }
  }
}

extension MemoryPlan {
  /// The planes on either side of a slab that scaling and the search for maxima look at.
  static func margins(
    on voxelSize: VoxelSize, _ parameters: SegmentationParameters
  ) -> (scaling: Int, maxima: Int) {
    func planes(_ length: Double) -> Int { Int(clamped: min(length / voxelSize.z, 1e6)) + 1 }
    let smoothing = max(parameters.distanceSmoothing, parameters.centerSmoothing)
    let radius = max(
      parameters.distanceRadius, parameters.centerRadius, voxelSize.x, voxelSize.y)
    return (planes(4 * RobustScaling().smoothing), planes(4 * smoothing) + planes(radius) + 1)
  }
}

extension Extent {
  /// The extents that a network sees of a volume in one tile.
  fileprivate func paddedAxes(_ predictor: Predictor) -> SpatialAxes {
    let architecture = predictor.model.network.configuration
    return TilePlan(volume: self, core: predictor.tile, architecture: architecture)
      .largestInput.axes
  }
}

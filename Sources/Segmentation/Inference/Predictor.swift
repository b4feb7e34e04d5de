import Compute
import Microscopy
import Networks
import Tensors

/// Computes foreground probabilities of volumes, on the volumes' own grid.
public struct Predictor: Sendable {
  /// The model.
  public let model: Model
  /// Whether volumes go to the network as they are, without scaling and resampling.
  public var isRaw = false
  /// The edge lengths of tiles on the network's grid; nil chooses them by ``memoryLimit``.
  public var tile: Extent?
  /// The memory in bytes that activations may take; volumes that need more are cut into tiles.
  public var memoryLimit: Int?
  /// Whether to average the predictions of the volume and of its mirror images along the axes that
  /// training mirrored, for slightly better masks. With three axes this takes eight times as long.
  public var averagesMirrorImages = false
  private let network: InferenceNetwork

  /// A predictor for this model; prepares its network once for all volumes.
  ///
  /// - Throws: `ShapeError` if parameters of the network do not have the shapes of its layers.
  public init(_ model: Model) throws(ShapeError) {
    self.model = model
    network = try InferenceNetwork(model.network)
  }

  /// The model's own threshold.
  var threshold: Double { model.description.threshold }

  /// The probability of every voxel, `[z, y, x]` on the grid of `image`.
  ///
  /// - Parameters:
  ///   - image: The microscope's values, with the voxel size if the model needs it.
  ///   - name: The file, for messages.
  ///   - workspace: Scratch memory, reused from volume to volume.
  public func probability(
    of image: Volume<Float>, name: String, workspace: inout Workspace
  ) throws -> Volume<Float> {
    let prepared = isRaw ? image : try prepare(image, name: name)
    var result = try probabilityOnGrid(of: prepared, name: name, workspace: &workspace)
    if result.extent != image.extent { result = result.resampled(to: image.extent) }
    result.voxelSize = image.voxelSize
    return result
  }

  /// How many times more voxels the network's grid may have than the file.
  private static let largestRefinement = 50

  /// The extents of a volume on the network's grid.
  ///
  /// - Throws: `InputError` if the grid is so much finer that the voxel size must be wrong.
  package func gridExtent(
    of extent: Extent, voxelSize: VoxelSize?, name: String
  ) throws(InputError) -> Extent {
    let size =
      model.description.gridVoxelSize.flatMap {
        model.preprocessing.grid == .isotropic ? $0 : nil
      } ?? model.preprocessing.gridVoxelSize(of: voxelSize)
    guard !isRaw, let size, let voxelSize else { return extent }
    let grid: Extent
    do { grid = try extent.resampled(from: voxelSize, to: size) } catch {
      throw InputError(name, error.description, advice: .stateVoxelSize())
    }
    guard grid.count / Self.largestRefinement <= extent.count else {
      throw InputError(
        name,
        "has voxels of \(voxelSize), which would become \(grid.count / extent.count) voxels each on "
          + "the network's grid of \(size): the voxel size must be wrong",
        advice: .stateVoxelSize())
    }
    return grid
  }

  /// The image scaled as in training and resampled to the grid that the network was trained on.
  private func prepare(_ image: Volume<Float>, name: String) throws -> Volume<Float> {
    _ = try gridExtent(of: image.extent, voxelSize: image.voxelSize, name: name)
    do throws(VolumeError) {
      return try model.preprocessing.prepared(
        image, isotropicGrid: model.description.gridVoxelSize)
    } catch .unknownVoxelSize {
      throw InputError(
        name,
        "does not state its voxel size, which the model needs", advice: .stateVoxelSizeOrUseRaw)
    } catch {
      throw InputError(name, error.description)
    }
  }

  /// The probability of a prepared volume, averaged over its mirror images if
  /// ``averagesMirrorImages`` is set.
  func probabilityOnGrid(
    of image: Volume<Float>, name: String, workspace: inout Workspace
  ) throws -> Volume<Float> {
    guard averagesMirrorImages else {
      return try probabilityTileByTile(of: image, name: name, workspace: &workspace)
    }
    let axes = mirrorAxes(of: image.extent)
    var sum: Volume<Float>?
    let count = 1 << axes.count
    var progress = WorkSteps(of: Double(count))
    for choice in 0..<count {
      let mirrored = axes.indices.filter { choice >> $0 & 1 == 1 }.map { axes[$0] }
      let input = mirrored.reduce(image) { $0.flipped(along: $1) }
      let output = mirrored.reduce(
        try progress.run(1) {
          try probabilityTileByTile(of: input, name: name, workspace: &workspace)
        }
      ) { $0.flipped(along: $1) }
      if var total = sum.take() {
        for i in total.voxels.indices { total.voxels[i] += output.voxels[i] }
        sum = total
      } else {
        sum = output
      }
    }
    return sum?.map { $0 / Float(count) } ?? image
  }

  /// The axes along which predictions are averaged: an axis of one voxel is its own mirror image.
  func mirrorAxes(of extent: Extent) -> [Axis] {
    (model.description.mirrorAxes ?? Axis.allCases).filter { extent[$0] > 1 }
  }

  /// The probability of a prepared volume, whole or tile by tile.
  private func probabilityTileByTile(
    of image: Volume<Float>, name: String, workspace: inout Workspace
  ) throws -> Volume<Float> {
    let plan = try plan(for: image.extent, name: name)
    let architecture = model.network.configuration
    let largest = plan.largestInput.axes
    try AddressSpace.require(
      architecture.predictionBytes(for: largest) - architecture.activationBytes(for: largest)
        + plan.activationBytes(architecture) + 16 * image.extent.count, for: name)
    var joint: TileJoin?
    var progress = WorkSteps(of: Double(plan.voxelsComputed))
    for tile in plan.tiles {
      let input = image.viewed(through: tile.input, outside: .mirror)
      let kept = try progress.run(Double(input.extent.count)) {
        try core(
          of: tile, isWhole: plan.tiles.count == 1, input: input, name: name,
          workspace: &workspace)
      }
      if plan.tiles.count == 1 { return kept }
      var join = joint.take() ?? TileJoin(plan, volume: image.extent)
      join.add(kept, of: tile)
      joint = join
    }
    var result = joint?.result ?? image
    result.voxelSize = image.voxelSize
    return result
  }

  /// The probability of a tile's core, from the volume seen through its input. If the tile is the
  /// whole volume the network computes all of it, whatever is padded.
  func core(
    of tile: TilePlan.Tile, isWhole: Bool, input: Volume<Float>, name: String,
    workspace: inout Workspace
  ) throws -> Volume<Float> {
    let region = tile.region
    let logits = try network.predict(
      Tensor(input.voxels, shape: input.extent.activation), core: isWhole ? nil : region,
      workspace: &workspace)
    let probability = Volume(
      try model.description.output.probability(of: logits).scalars,
      extent: isWhole ? input.extent : tile.core.extent, voxelSize: input.voxelSize)
    try check(probability, of: input, name: name)
    return isWhole ? probability.cropped(origin: .zero, extent: tile.core.extent) : probability
  }

  /// Throws if a probability is NaN: an intensity is not finite, or weights and intensities are so
  /// large that the network's sums are not.
  private func check(
    _ probability: Volume<Float>, of input: Volume<Float>, name: String
  ) throws {
    guard probability.voxels.contains(where: \.isNaN) else { return }
    do throws(VolumeError) {
      _ = try input.finiteRange()
    } catch {
      throw InputError(name, error.description)
    }
    throw InputError(
      name,
      "the network's output is NaN although the intensities are finite; its weights are too large for "
        + "them, so check the scaling of the model")
  }

  /// The tiles of a volume on the network's grid.
  ///
  /// - Throws: `InputError` if even the smallest tile exceeds the memory, or if the volume needs
  ///   several tiles although the network takes its statistics from the whole volume.
  package func plan(for extent: Extent, name: String) throws(InputError) -> TilePlan {
    let plan = try tiles(for: extent, name: name)
    guard plan.tiles.count == 1 || model.network.inferenceStatistics == .running else {
      throw InputError(
        name,
        "does not fit in one tile, and these weights take the statistics of whole volumes",
        advice: .avoidTiles)
    }
    return plan
  }

  private func tiles(for extent: Extent, name: String) throws(InputError) -> TilePlan {
    let architecture = model.network.configuration
    if let tile { return TilePlan(volume: extent, core: tile, architecture: architecture) }
    guard let memoryLimit else {
      return TilePlan(volume: extent, core: nil, architecture: architecture)
    }
    guard
      let plan = TilePlan.fitting(
        bytes: memoryLimit, volume: extent, architecture: architecture)
    else {
      let smallest = TileCuts.smallestActivationBytes(of: extent, architecture)
      throw InputError(
        name,
        "needs \(ByteCount.rounded(smallest)) even for the "
          + "smallest tile of this network, but \(ByteCount.rounded(memoryLimit)) are allowed",
        advice: .allowMemory)
    }
    return plan
  }
}

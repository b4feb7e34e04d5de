import Compute
import Microscopy
import Networks

/// Runs networks on a frame that lies in scratch. Their inputs are prepared volumes in scratch;
/// networks that see the same share one.
struct StreamedNetworks: ~Copyable {
  private let image: any PlaneSource<Float>
  private let voxelSize: VoxelSize
  private let name: String
  /// The planes that are prepared at a time.
  private let slab: Int
  private let slabBytes: Int
  private var workspace = Workspace()
  private var last: (preprocessing: Preprocessing, grid: VoxelSize?, volume: ScratchVolume<Float>)?

  /// Networks of a frame, none of which ran.
  init(
    image: any PlaneSource<Float>, voxelSize: VoxelSize, name: String, slab: Int, slabBytes: Int
  ) {
    self.image = image
    self.voxelSize = voxelSize
    self.name = name
    self.slab = slab
    self.slabBytes = slabBytes
  }

  /// The probability on the grid of the frame. Activations are given back, after the last network
  /// everything.
  mutating func probability(of predictor: Predictor, isLast: Bool) throws -> ResampledPlanes {
    let input = try input(of: predictor)
    if isLast { last = nil }
    let output = try predictor.probability(
      ofScratch: input, name: name, bytes: slabBytes, workspace: &workspace)
    if isLast { workspace = Workspace() }
    MemoryPool.release()
    var planes = ResampledPlanes(output, to: image.extent)
    planes.voxelSize = voxelSize
    return planes
  }

  /// The input of a network.
  private mutating func input(of predictor: Predictor) throws -> ScratchVolume<Float> {
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
}

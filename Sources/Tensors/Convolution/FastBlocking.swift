import Compute

/// How a fast convolution is cut into blocks, from sizes alone.
///
/// A *unit* is a row of outputs along x: of one tile where z and y have transforms, of one voxel
/// row where they have none. A block is a box of units whose points fill the columns of one
/// product: column (z · rows + y) · pitch + x holds the input under the first tap of unit (z, y)
/// and output x, or the points of its tile x where x has a transform.
struct FastBlocking: Hashable, Sendable {
  /// Units of the output along z, y, x; the last along x may be narrower.
  let units: SpatialAxes
  /// Units of a block along z and y.
  let blockDepth: Int
  let blockHeight: Int
  /// Outputs of a unit along x.
  let width: Int
  /// Outputs of a tile along x.
  let tile: Int
  /// Columns from one unit of a block to the next along y.
  let pitch: Int
  /// Rows of columns per unit along z: those of the block's units, and of their taps along y.
  let rows: Int
  /// Columns of one input channel at one point.
  let channelStride: Int

  /// Rows longer than `widest` are cut into parts of about `partWidth`.
  private static let widest = 160
  private static let partWidth = 128
  /// Shorter rows are stacked until a product has so many columns: enough to fill the registers
  /// many times over, few enough for the points of usual channel counts to stay in the L2 cache.
  private static let targetColumns = 64
  /// Twice as many where the weights at all points, in floats, exceed 16 MB: they come from memory
  /// for every block.
  private static let cachedWeights = 1 << 22
  /// The widest vector, in floats.
  private static let lanes = 16

  init(output: SpatialAxes, tile: SpatialAxes, kernel: SpatialAxes, weights: Int) {
    let targetColumns = Self.targetColumns * (weights > Self.cachedWeights ? 2 : 1)
    let parts = output.width <= Self.widest ? 1 : output.width.parts(of: Self.partWidth)
    let width =
      parts == 1 ? output.width : output.width.parts(of: parts).roundedUp(to: Self.lanes)
    units = SpatialAxes(
      output.depth.parts(of: tile.depth), output.height.parts(of: tile.height),
      output.width.parts(of: width))
    self.width = width
    self.tile = tile.width
    pitch = tile.width == 1 ? width + kernel.width - 1 : width.parts(of: tile.width)
    blockHeight = min(units.height, max(1, targetColumns / pitch))
    let keepsTapsY = tile.height == 1
    rows = blockHeight + (keepsTapsY ? kernel.height - 1 : 0)
    blockDepth =
      blockHeight == units.height && !keepsTapsY
      ? min(units.depth, max(1, targetColumns / (rows * pitch))) : 1
    let planes = blockDepth + (tile.depth == 1 ? kernel.depth - 1 : 0)
    // Vectors written for one unit may reach into the next, and past the end; an odd number of
    // cache lines keeps channels off each other's cache sets.
    channelStride = (planes * rows * pitch + Self.lanes).roundedUpToOddCacheLines
  }

  /// Columns of the products that `outputs` outputs of a unit take.
  func columns(_ outputs: Int) -> Int { outputs.parts(of: tile) }

  /// Blocks along z, y, x.
  var blocks: SpatialAxes {
    SpatialAxes(
      units.depth.parts(of: blockDepth), units.height.parts(of: blockHeight), units.width)
  }

  /// One block of every size there is, the last ones along each axis being smaller, and how many
  /// have that size.
  var kinds: [(block: FastBlock, count: Int)] {
    func along(_ count: Int) -> [(index: Int, count: Int)] {
      count == 1 ? [(0, 1)] : [(0, count - 1), (count - 1, 1)]
    }
    let blocks = blocks
    return along(blocks.depth).flatMap { z in
      along(blocks.height).flatMap { y in
        along(blocks.width).map { x in
          let index = (z.index * blocks.height + y.index) * blocks.width + x.index
          return (block(index), z.count * y.count * x.count)
        }
      }
    }
  }

  /// The units of block `index` (z outermost).
  func block(_ index: Int) -> FastBlock {
    let blocks = blocks
    let z = index / (blocks.height * blocks.width) * blockDepth
    let y = index / blocks.width % blocks.height * blockHeight
    return FastBlock(
      z: z..<min(units.depth, z + blockDepth), y: y..<min(units.height, y + blockHeight),
      x: index % blocks.width * width)
  }
}

/// A box of units.
struct FastBlock {
  /// Units along z and y.
  let z, y: Range<Int>
  /// The first output along x.
  let x: Int
}

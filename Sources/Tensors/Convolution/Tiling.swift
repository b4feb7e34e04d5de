import Compute

/// How a lowered convolution is cut: by its size alone, so that every thread count computes the
/// same sums in the same order.
struct Tiling: Hashable {
  /// Channels of one block of im2col rows.
  let channelsPerBlock: Int
  /// The number of blocks.
  let channelBlocks: Int
  /// Output voxels of one tile.
  let tileVoxels: Int
  /// Tiles of one sample.
  let tiles: Int
  /// Groups of tiles that add up a weight gradient of their own.
  let tileGroups: Int
  private let inputChannels: Int
  private let voxels: Int

  /// Rows of X̂ in a block: enough work per product, few enough for several to fit the L2 cache.
  private static let targetRows = 256
  /// Elements of X̂ that live at a time in one worker: 256 KiB, half of the smallest L2 in use.
  private static let columnElements = 1 << 16
  /// Enough jobs to keep 64 cores busy.
  private static let targetJobs = 64
  /// A multiple of the widest vector, and of a cache line.
  private static let granule = 16

  init(taps: Int, inputChannels: Int, outputChannels: Int, voxels: Int, batch: Int) {
    self.inputChannels = inputChannels
    self.voxels = voxels
    let blocks = min(
      inputChannels, max(1, (inputChannels * taps + Self.targetRows / 2) / Self.targetRows))
    channelsPerBlock = inputChannels.parts(of: blocks)
    channelBlocks = inputChannels.parts(of: channelsPerBlock)

    let fitting = Self.columnElements / (channelsPerBlock * taps)
    let sharing = (batch * voxels).parts(of: Self.targetJobs)
    let wanted = max(4 * Self.granule, min(fitting, sharing))
    tileVoxels = min(voxels, wanted.roundedUp(to: Self.granule))
    tiles = voxels.parts(of: tileVoxels)
    tileGroups = min(batch * tiles, max(1, Self.targetJobs / channelBlocks))
  }

  /// The input channels of a block.
  func channels(_ block: Int) -> Range<Int> {
    block * channelsPerBlock..<min(inputChannels, (block + 1) * channelsPerBlock)
  }

  /// The output voxels of a tile.
  func tile(_ index: Int) -> Range<Int> {
    index * tileVoxels..<min(voxels, (index + 1) * tileVoxels)
  }

  /// Floats that one worker needs for a tile of X̂.
  func columnsCapacity(taps: Int) -> Int {
    (channelsPerBlock * taps * tileVoxels).roundedUp(to: Self.granule)
  }

  /// A tile's voxels in parts whose products with the `m` and `k` of the others stay within
  /// `GEMM.smallProduct`; the whole tile where that would leave too little.
  func parts(of count: Int, m: Int, k: Int) -> Parts {
    let limit = GEMM.smallProduct / (m * k) / Self.granule * Self.granule
    return Parts(count: count, size: limit >= 2 * Self.granule ? limit : count)
  }

  /// Consecutive ranges of `size` that cover `0..<count`.
  struct Parts: Sequence, IteratorProtocol {
    private let count: Int
    private let size: Int
    private var start = 0

    init(count: Int, size: Int) {
      self.count = count
      self.size = size
    }

    mutating func next() -> Range<Int>? {
      guard start < count else { return nil }
      defer { start += size }
      return start..<Swift.min(count, start + size)
    }
  }
}

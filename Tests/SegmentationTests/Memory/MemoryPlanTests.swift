import Compute
import Microscopy
import Networks
import Segmentation
import Testing

/// How frames are segmented within limits, and what is refused.
@Suite struct MemoryPlanTests {
  static let voxelSize = VoxelSize(x: 0.8, y: 0.8, z: 1.75)

  private static func segmenter(_ grid: Preprocessing.Grid = .native) throws -> Segmenter {
    var preprocessing = Preprocessing()
    preprocessing.grid = grid
    let architecture = UNetConfiguration(levels: 3, base: 12, kernel: 3)
    let predictor = try Predictor(TestModel.make(architecture, preprocessing: preprocessing))
    return Segmenter(
      foreground: .network(predictor), detector: predictor, parameters: SegmentationParameters())
  }

  private static func plan(_ extent: Extent, _ bytes: Int) throws -> MemoryPlan {
    try segmenter().memoryPlan(
      of: extent, voxelSize: voxelSize, name: "v.tif", limit: MemoryLimit(chosen: bytes))
  }

  @Test func smallFramesStayInMemory() throws {
    let plan = try Self.plan(Extent(depth: 51, height: 124, width: 127), 4 << 30)
    guard case .inMemory = plan.way else {
      Issue.record("\(plan)")
      return
    }
    #expect(plan.bytes < 700 << 20)
    // Another frame beside it takes less than the first, which brings the program with it.
    #expect(plan.shared > 144 << 20 && plan.own > 40 << 20)
    #expect(plan.shared + plan.own == plan.bytes)
  }

  @Test func lessMemoryGivesTilesAndThenSlabs() throws {
    let extent = Extent(depth: 200, height: 800, width: 800)
    let whole = try Self.plan(extent, 1 << 40)
    guard case .inMemory(let all) = whole.way else {
      Issue.record("\(whole)")
      return
    }
    #expect(whole.bytes > 20 << 30 && whole.bytes < 60 << 30)
    let tiles = try Self.plan(extent, 16 << 30)
    guard case .inMemory(let some) = tiles.way else {
      Issue.record("\(tiles)")
      return
    }
    #expect(some < all && tiles.bytes <= 16 << 30)
    let slabs = try Self.plan(extent, 1500 << 20)
    guard case .streamed(let activations, let bytes, let runs) = slabs.way else {
      Issue.record("\(slabs)")
      return
    }
    #expect(activations < 1500 << 20 && bytes < 1500 << 20 && runs >= extent.count / 100)
    #expect(slabs.bytes <= 1500 << 20)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let extent = Extent(depth: 200, height: 800, width: 800)
    let error = #expect(throws: InputError.self) { try Self.plan(extent, 300 << 20) }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("v.tif: needs at least "))
    #expect(
      text.contains("of memory for 200 × 800 × 800 voxels (z, y, x), but 315 MB may be taken"))
    #expect(text.contains("; a volume of ") && text.contains(" would fit"))
    #expect(error?.advice == .allowMemory && !text.contains("\n"))
    // What is said to be needed is enough.
    let words = text.split(separator: " ")
    let number = try #require(Double(words[4]))
    let unit = words[5] == "GB" ? 1e9 : 1e6
    _ = try Self.plan(extent, Int(number * unit) + Int(unit / 10))
  }

  @Test func gridsThatMakeNoSense() throws {
    func plan(_ voxelSize: VoxelSize) throws {
      _ = try Self.segmenter(.size(Self.voxelSize)).memoryPlan(
        of: Extent(depth: 51, height: 124, width: 127), voxelSize: voxelSize, name: "v.tif",
        limit: MemoryLimit(chosen: 1 << 40))
    }
    try plan(VoxelSize(isotropic: 0.4))
    let error = #expect(throws: InputError.self) { try plan(VoxelSize(x: 8, y: 8, z: 20)) }
    #expect(error?.description.contains("the voxel size must be wrong") == true)
    #expect(error?.advice == .stateVoxelSize())
  }

  @Test func doubtsAboutVoxelSizes() {
    #expect(Self.voxelSize.doubts.isEmpty)
    #expect(VoxelSize(x: 0.8, y: 1, z: 2).doubts.count == 1)
    #expect(VoxelSize(x: 8, y: 8, z: 20).doubts.count == 1)
  }
}

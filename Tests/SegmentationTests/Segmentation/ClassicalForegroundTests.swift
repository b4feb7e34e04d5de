import Microscopy
import Segmentation
import TestSupport
import Testing

@Suite struct ClassicalForegroundTests {
  static let extent = Extent(depth: 9, height: 30, width: 30)
  static let voxelSize = VoxelSize(x: 0.8, y: 0.8, z: 1.6)

  /// A bright block in a dark background with a ripple.
  static let image: Volume<Float> = {
    var image = Volume<Float>(repeating: 0, extent: extent, voxelSize: voxelSize)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          let isInside = (3...6).contains(z) && (8...20).contains(y) && (10...22).contains(x)
          image[z, y, x] = (isInside ? 900 : 100) + Float((7 * z + 5 * y + 3 * x) % 11)
        }
      }
    }
    return image
  }()

  @Test(arguments: ClassicalForeground.Rule.allCases)
  func findsWhatIsBright(rule: ClassicalForeground.Rule) {
    var foreground = ClassicalForeground()
    foreground.rule = rule
    foreground.smoothing = 0
    foreground.factor = 1
    let mask = foreground.mask(of: Self.image, voxelSize: Self.voxelSize)
    #expect(zip(mask.voxels, Self.image.voxels).allSatisfy { $0 == ($1 >= 900) })
    // Gain and offset of the microscope do not matter.
    let other = foreground.mask(
      of: Self.image.map { 5 * $0 + 1850 }, voxelSize: Self.voxelSize)
    #expect(other.voxels == mask.voxels)
  }

  @Test func theFactorIsAboveTheBackground() {
    var foreground = ClassicalForeground()
    foreground.smoothing = 1
    var counts: [Int] = []
    for factor in [0.5, 1, 1.5] {
      foreground.factor = factor
      counts.append(
        foreground.mask(of: Self.image, voxelSize: Self.voxelSize).voxels.count { $0 })
    }
    #expect(counts[0] > counts[1] && counts[1] > counts[2] && counts[2] > 0)
  }

  @Test func aVolumeOfOneValueHasNoForeground() {
    let flat = Volume<Float>(repeating: 7, extent: Self.extent)
    for rule in ClassicalForeground.Rule.allCases {
      var foreground = ClassicalForeground()
      foreground.rule = rule
      #expect(
        foreground.mask(of: flat, voxelSize: Self.voxelSize).voxels.allSatisfy { !$0 })
    }
  }
}

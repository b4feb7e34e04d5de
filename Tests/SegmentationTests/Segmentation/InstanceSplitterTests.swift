import Compute
import Foundation
import Microscopy
import Segmentation
import TestSupport
import Testing

/// Rules from foreground and centers to instances, on balls at known positions.
@Suite struct InstanceSplitterTests {
  static let voxelSize = VoxelSize(x: 0.5, y: 0.5, z: 1)
  static let extent = Extent(depth: 24, height: 40, width: 64)

  /// A ball of `radius` µm about a voxel.
  struct Ball {
    var z: Int
    var y: Int
    var x: Int
    var radius: Double

    var center: VoxelIndex { VoxelIndex(z: z, y: y, x: x) }
    var volume: Double { 4.0 / 3 * .pi * radius * radius * radius }
  }

  /// The union of balls; each voxel's ball is the one whose center is nearest.
  static func mask(_ balls: [Ball]) -> Volume<Bool> {
    var mask = Volume(repeating: false, extent: extent, voxelSize: voxelSize)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          mask[z, y, x] = balls.contains { ball in
            let dz = Double(z - ball.z) * voxelSize.z
            let dy = Double(y - ball.y) * voxelSize.y
            let dx = Double(x - ball.x) * voxelSize.x
            return dz * dz + dy * dy + dx * dx <= ball.radius * ball.radius
          }
        }
      }
    }
    return mask
  }

  static func instances(
    _ balls: [Ball], centers: [VoxelIndex] = [],
    _ change: (inout SegmentationParameters) -> Void = { _ in }
  ) -> Instances {
    var parameters = SegmentationParameters()
    parameters.splitting = .centers
    parameters.minimumVolume = 0
    parameters.minimumUncenteredVolume = 0
    change(&parameters)
    return InstanceSplitter(parameters)
      .instances(in: mask(balls), centers: centers, voxelSize: voxelSize)
  }

  // Two that touch along x, 7 µm apart, and one alone, further down.
  static let touching = [
    Ball(z: 8, y: 14, x: 14, radius: 4), Ball(z: 8, y: 14, x: 28, radius: 4),
  ]
  static let lonely = Ball(z: 15, y: 26, x: 50, radius: 4)

  @Test func centersSplitWhatTouches() {
    let balls = Self.touching + [Self.lonely]
    let mask = Self.mask(balls)
    let result = Self.instances(balls, centers: balls.map { $0.center }) { $0.splitting = .centers }
    #expect(result.count == 3 && result.isUncentered == [false, false, false])
    // Numbered by z, then y, then x; together they are the mask.
    for (label, ball) in zip(UInt32(1)..., balls) {
      #expect(result.labels[ball.z, ball.y, ball.x] == label)
    }
    #expect(zip(result.labels.voxels, mask.voxels).allSatisfy { ($0 != 0) == $1 })
    // The cut lies halfway: a voxel belongs to the nearer center, except in the plane between.
    for z in 0..<Self.extent.depth {
      for x in 0..<Self.extent.width where abs(x - 21) > 1 && x < 40 && mask[z, 14, x] {
        #expect(result.labels[z, 14, x] == (x < 21 ? 1 : 2))
      }
    }
    #expect(result.labels.voxelSize == Self.voxelSize)
  }

  @Test func otherWaysToSplit() {
    let balls = Self.touching + [Self.lonely]
    #expect(Self.instances(balls) { $0.splitting = .components }.count == 2)
    let watershed = Self.instances(balls) { $0.splitting = .watershed }
    #expect(watershed.count == 3 && watershed.isUncentered.allSatisfy { !$0 })
    // Centers alone decide: with one center the touching pair stays one nucleus.
    let centers = [balls[0].center, balls[2].center]
    #expect(Self.instances(balls, centers: centers) { $0.splitting = .centers }.count == 2)
    let combined = Self.instances(balls, centers: centers) { $0.splitting = .combined }
    #expect(combined.count == 3 && combined.isUncentered == [false, true, false])
    // A center that is off the middle still explains its ball.
    var off = balls.map { $0.center }
    off[1].x += 4
    let shifted = Self.instances(balls, centers: off) { $0.splitting = .combined }
    #expect(shifted.count == 3 && shifted.isUncentered == [false, false, false])
  }

  @Test func whatHoldsNoCenter() {
    // The centers of the pair are missing.
    let balls = Self.touching + [Self.lonely]
    let centers = [Self.lonely.center]
    let keep = Self.instances(balls, centers: centers) { $0.uncentered = .keep }
    #expect(keep.count == 2 && keep.isUncentered == [true, false])
    let split = Self.instances(balls, centers: centers) { $0.uncentered = .split }
    #expect(split.count == 3 && split.isUncentered == [true, true, false])
    let drop = Self.instances(balls, centers: centers) { $0.uncentered = .drop }
    #expect(drop.count == 1 && drop.isUncentered == [false])
    // The same if maxima of the distance map are added to the centers.
    for (rule, count) in [(SegmentationParameters.Uncentered.keep, 2), (.split, 3), (.drop, 1)] {
      let combined = Self.instances(balls, centers: centers) {
        $0.splitting = .combined
        $0.uncentered = rule
      }
      #expect(combined.count == count)
    }
    // Above and below the minimum volume.
    let pair = Self.touching.reduce(0) { $0 + $1.volume }
    for (minimum, count) in [(0.8 * pair, 2), (1.2 * pair, 1)] {
      let kept = Self.instances(balls, centers: centers) {
        $0.uncentered = .keep
        $0.minimumUncenteredVolume = minimum
      }
      #expect(kept.count == count)
    }
    // A polar body beside nuclei: small for its frame, however large in µm³. The median of three
    // nuclei and it is a nucleus; a tenth of it lies between radii of 4 and 1.5 µm, a hundredth
    // below both.
    let body = Ball(z: 15, y: 6, x: 50, radius: 1.5)
    let nuclei = Self.touching + [Self.lonely]
    let all = (nuclei + [body]).map(\.center)
    for (part, count) in [(0.0, 4), (0.01, 4), (0.1, 3)] {
      let kept = Self.instances(nuclei + [body], centers: all) { $0.minimumRelativeVolume = part }
      #expect(kept.count == count)
      #expect((kept.labels[body.z, body.y, body.x] == 0) == (count == 3))
    }
    let atEdge = Ball(z: 15, y: 0, x: 50, radius: 1.5)
    let withEdge = Self.instances(nuclei + [atEdge], centers: all + [atEdge.center]) {
      $0.minimumRelativeVolume = 0.1
    }
    #expect(withEdge.labels[atEdge.z, atEdge.y, atEdge.x] != 0)
    // Those at the border may have their center outside.
    let cut = Ball(z: 12, y: 2, x: 12, radius: 4)
    let atBorder = Self.instances([cut, Self.lonely]) { $0.minimumUncenteredVolume = 1e6 }
    #expect(atBorder.count == 1 && atBorder.isUncentered == [true])
    #expect(atBorder.labels[cut.z, cut.y, cut.x] == 1)
    // Centers outside the foreground mark nothing.
    let astray = Self.instances(balls, centers: [VoxelIndex(z: 0, y: 0, x: 0)]) {
      $0.uncentered = .drop
    }
    #expect(astray.count == 0 && astray.labels.voxels.allSatisfy { $0 == 0 })
  }

  @Test func smallNucleiAreDropped() {
    let balls = [Self.lonely, Ball(z: 4, y: 8, x: 8, radius: 2)]
    for (minimum, count) in [(0.0, 2), (0.7 * balls[1].volume, 2), (1.4 * balls[1].volume, 1)] {
      let result = Self.instances(balls, centers: balls.map { $0.center }) {
        $0.minimumVolume = minimum
      }
      #expect(result.count == count)
    }
  }

  @Test func holesAreFilled() {
    var parameters = SegmentationParameters()
    parameters.splitting = .components
    var mask = Self.mask([Self.lonely])
    let whole = mask.voxels.count { $0 }
    mask[Self.lonely.z, Self.lonely.y, Self.lonely.x] = false
    for (fills, missing) in [(true, 0), (false, 1)] {
      parameters.fillsHoles = fills
      let labels = InstanceSplitter(parameters)
        .instances(in: mask, voxelSize: Self.voxelSize).labels
      #expect(labels.voxels.count { $0 != 0 } == whole - missing)
    }
  }

  @Test func nothingAndEverything() {
    for value in [false, true] {
      for splitting in SegmentationParameters.Splitting.allCases {
        var parameters = SegmentationParameters()
        parameters.splitting = splitting
        parameters.minimumVolume = 0
        parameters.minimumUncenteredVolume = 0
        let mask = Volume(repeating: value, extent: Extent(depth: 3, height: 4, width: 5))
        let result = InstanceSplitter(parameters).instances(in: mask, voxelSize: Self.voxelSize)
        // A mask without background has no distances: it is at most one nucleus.
        #expect(result.count <= (value ? 1 : 0), "\(splitting), \(value): \(result.count)")
        #expect(Set(result.labels.voxels).isSubset(of: Set([0, UInt32(result.count)])))
      }
    }
  }

  /// Two peaks on one plateau that reaches the threshold: components see one, maxima two.
  @Test func centersInAProbability() {
    var probability = Volume<Float>(
      repeating: 0, extent: Self.extent, voxelSize: Self.voxelSize)
    for x in 10...34 { probability[10, 20, x] = 0.6 }
    for (x, step) in [(12, 1), (32, -1)] {
      for dx in -2...2 { probability[10, 20, x + step * dx] = 1 }
    }
    var parameters = SegmentationParameters()
    parameters.centerRule = .components
    let whole = InstanceSplitter(parameters)
      .centers(in: probability, threshold: 0.5, voxelSize: Self.voxelSize)
    #expect(whole == [VoxelIndex(z: 10, y: 20, x: 22)])
    parameters.centerRule = .maxima
    let peaks = InstanceSplitter(parameters)
      .centers(in: probability, threshold: 0.5, voxelSize: Self.voxelSize)
    #expect(Set(peaks) == [VoxelIndex(z: 10, y: 20, x: 12), VoxelIndex(z: 10, y: 20, x: 32)])
    #expect(
      InstanceSplitter(parameters)
        .centers(in: probability.map { $0 / 4 }, threshold: 0.5, voxelSize: Self.voxelSize) == [])
  }

  @Test func sameBitsForAnyThreadCount() {
    var balls: [Ball] = []
    for number in 0..<9 {
      let (z, y, x) = (5 + 5 * (number / 4), 9 + 7 * (number % 3), 8 + 6 * number)
      balls.append(Ball(z: z, y: y, x: x, radius: 3 + Double(number % 3)))
    }
    let centers = balls.prefix(5).map { $0.center }
    for splitting in SegmentationParameters.Splitting.allCases {
      var results: [Instances] = []
      for threads in 1...3 {
        results.append(
          Parallel.$threads.withValue(threads) {
            Self.instances(balls, centers: centers) { $0.splitting = splitting }
          })
      }
      #expect(results.allSatisfy { $0.labels.voxels == results[0].labels.voxels })
      #expect(results.allSatisfy { $0.isUncentered == results[0].isUncentered })
    }
  }

  /// Planes further apart than the centers may be: what is brightest in the middle plane is one
  /// center, and one maximum of the distance map.
  @Test func planesFarApart() {
    let size = VoxelSize(x: 1, y: 1, z: 6)
    var probability = Volume<Float>(
      repeating: 0, extent: Extent(depth: 7, height: 21, width: 21))
    for z in 0..<7 {
      for y in 0..<21 {
        for x in 0..<21 {
          let (u, v, w) = (Double(z - 3) * 6, Double(y - 10), Double(x - 10))
          probability[z, y, x] = Float(exp(-(u * u / 4 + v * v + w * w) / 60))
        }
      }
    }
    let splitter = InstanceSplitter(SegmentationParameters())
    let centers = splitter.centers(in: probability, threshold: 0.3, voxelSize: size)
    #expect(centers == [VoxelIndex(z: 3, y: 10, x: 10)])
    var parameters = SegmentationParameters()
    parameters.splitting = .watershed
    parameters.distanceRadius = 2
    let instances = InstanceSplitter(parameters).instances(
      in: probability.thresholded(at: 0.3), voxelSize: size)
    #expect(instances.count == 1)
  }
}

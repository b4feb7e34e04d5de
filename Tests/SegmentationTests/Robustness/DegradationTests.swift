import Compute
import Microscopy
import Segmentation
import Testing

@Suite struct DegradationTests {
  static let size = VoxelSize(x: 1, y: 1, z: 2)
  static let extent = Extent(depth: 12, height: 30, width: 40)

  /// Two boxes of 500 levels on 100, with numbers.
  static func scene() -> (image: Volume<Float>, truth: LabelVolume) {
    var truth = LabelVolume(repeating: 0, extent: extent, voxelSize: size)
    for z in 3..<9 {
      for y in 8..<22 {
        for x in 5..<35 where x < 18 || x > 22 { truth[z, y, x] = x < 20 ? 7 : 3 }
      }
    }
    var image = truth.map { $0 == 0 ? Float(100) : 500 }
    image.voxelSize = size
    return (image, truth)
  }

  static func apply(_ degradation: Degradation, seed: UInt64 = 1) throws -> (
    image: Volume<Float>, truth: LabelVolume
  ) {
    let (image, truth) = scene()
    let changed = try degradation.apply(to: image, truth: truth, seed: seed)
    #expect(changed.image.extent == changed.truth.extent)
    #expect(changed.image.voxels.allSatisfy { $0 >= 0 && $0 <= 65535 && $0 == $0.rounded() })
    return changed
  }

  @Test func levels() throws {
    let (image, truth) = Self.scene()
    #expect(try Self.apply(.none).image == image)
    #expect(try Self.apply(.gain(0.2)).image == image.map { $0 / 5 })
    #expect(try Self.apply(.gain(1000)).image == image.map { _ in 65535 })
    #expect(try Self.apply(.offset(1850)).image == image.map { $0 + 1850 })
    #expect(try Self.apply(.saturation(0.5)).image == image.map { min($0, 300) })
    let slope = try Self.apply(.background(1)).image
    #expect(slope[0, 0, 0] == 100 && slope[0, 0, 39] == 500 && slope[11, 5, 0] == 100)
    for degradation in [Degradation.gain(5), .offset(5), .blur(1), .background(1)] {
      #expect(try Self.apply(degradation).truth == truth)
    }
    let blurred = try Self.apply(.blur(2)).image
    #expect(blurred[6, 15, 10] > 450 && blurred[6, 15, 20] > 150)
  }

  @Test func noiseHasTheRatioAsked() throws {
    let (image, _) = Self.scene()
    let noisy = try Self.apply(.offset(0)).image
    #expect(noisy == image)
    let changed = try Self.apply(.noise(signalToNoise: 8)).image
    let differences = zip(changed.voxels, image.voxels).map { Double($0 - $1) }
    let variance = differences.reduce(0) { $0 + $1 * $1 } / Double(differences.count)
    // σ = 400 / 8; the standard error of a variance of n deviates is √(2/n) of it.
    let error = (2 / Double(differences.count)).squareRoot()
    #expect(abs(variance / 2500 - 1) < 5 * error)
    #expect(try Self.apply(.noise(signalToNoise: 8)).image == changed)
    #expect(try Self.apply(.noise(signalToNoise: 8), seed: 2).image != changed)
  }

  /// An image scaled to 0…1 keeps its fractions.
  @Test func imagesOfOtherNumbers() throws {
    let (image, truth) = Self.scene()
    let scaled = image.map { $0 / 1000 }
    let dim = try Degradation.gain(0.2).apply(to: scaled, truth: truth, seed: 1).image
    #expect(dim == scaled.map { $0 * 0.2 })
    let cut = try Degradation.saturation(0.5).apply(to: scaled, truth: truth, seed: 1).image
    #expect(zip(cut.voxels, scaled.voxels).allSatisfy { abs($0 - min($1, 0.3)) < 1e-6 })
    let hot = try Degradation.hotPixels(share: 0.01).apply(to: scaled, truth: truth, seed: 1).image
    #expect(hot.voxels.max() == 5)
  }

  @Test func hotPixelsAreAsMany() throws {
    let hot = try Self.apply(.hotPixels(share: 0.01)).image.voxels.count { $0 == 65535 }
    // Binomial: 144 of 14,400, standard deviation 12.
    #expect(abs(hot - 144) < 60)
  }

  /// The same objects on another grid keep their volumes in µm³.
  @Test func planes() throws {
    let (_, truth) = Self.scene()
    for distance in [1.0, 4, 3] {
      let changed = try Self.apply(.planes(distance))
      let voxel = try #require(changed.image.voxelSize)
      #expect(changed.image.extent.depth == Int((24 / distance).rounded()))
      #expect(changed.truth.voxelSize == voxel)
      for label in [UInt32(3), 7] {
        let before = Double(truth.voxels.count { $0 == label }) * 2
        let after = Double(changed.truth.voxels.count { $0 == label }) * voxel.z
        // Planes are whole: half of one at each end.
        #expect(abs(after / before - 1) <= voxel.z / 12)
      }
      #expect(Set(changed.truth.voxels) == [0, 3, 7])
    }
  }

  @Test func crop() throws {
    let (image, truth) = Self.scene()
    let changed = try Self.apply(.crop(0.5))
    #expect(changed.image.extent == Extent(depth: 6, height: 15, width: 20))
    #expect(changed.image[0, 0, 0] == image[3, 7, 10])
    #expect(changed.truth[5, 14, 19] == truth[8, 21, 29])
    // The border cuts both.
    #expect((0..<15).contains { changed.truth[2, $0, 0] == 7 })
    #expect((0..<15).contains { changed.truth[2, $0, 19] == 3 })
  }

  /// Label 3 has 6 · 14 · 12 voxels, label 7 has one column more.
  @Test func oneNucleus() throws {
    let (image, truth) = Self.scene()
    let changed = try Self.apply(.oneNucleus(margin: 5))
    // z 3…8 with 2.5, rounded up, planes on either side, ends at the last plane; y 8…21 and x 5…17
    // with 5.
    #expect(changed.image.extent == Extent(depth: 12, height: 24, width: 23))
    #expect(changed.image[0, 0, 0] == image[0, 3, 0])
    #expect(changed.truth.voxels.count { $0 == 7 } == truth.voxels.count { $0 == 7 })
    #expect(changed.truth[5, 10, 22] == truth[5, 13, 22])
  }

  @Test func twice() throws {
    let (image, truth) = Self.scene()
    let changed = try Self.apply(.twice)
    #expect(changed.image.extent == Extent(depth: 12, height: 30, width: 80))
    #expect(Set(changed.truth.voxels) == [0, 3, 7, 10, 14])
    for (z, y, x) in [(4, 8, 10), (8, 21, 30), (5, 3, 39), (11, 29, 0)] {
      #expect(changed.image[z, y, x] == image[z, y, x])
      #expect(changed.image[z, 29 - y, 40 + x] == image[z, y, x])
      #expect(changed.truth[z, y, x] == truth[z, y, x])
      #expect(changed.truth[z, 29 - y, 40 + x] == (truth[z, y, x] == 0 ? 0 : truth[z, y, x] + 7))
    }
  }

  @Test func emptyTruth() throws {
    let image = Volume<Float>(repeating: 5, extent: Self.extent, voxelSize: Self.size)
    let truth = LabelVolume(repeating: 0, extent: Self.extent)
    for degradation in Degradation.standard {
      let changed = try degradation.apply(to: image, truth: truth, seed: 1)
      #expect(changed.truth.voxels.allSatisfy { $0 == 0 })
    }
    #expect(throws: VolumeError.unknownVoxelSize) {
      try Degradation.gain(2).apply(
        to: Volume(repeating: 5, extent: Self.extent), truth: truth, seed: 1)
    }
  }
}

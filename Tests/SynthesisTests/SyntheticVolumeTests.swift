import Compute
import Foundation
import Microscopy
import Synthesis
import Testing

/// Volumes of synthetic embryos and their ground truth.
struct SyntheticVolumeTests {
  /// A quarter of the usual voxels along each axis of the plane: quick to make.
  static func parameters(
    noise: Double = 1, diversity: Double = 0
  ) -> SyntheticEmbryo.Parameters {
    var parameters = SyntheticEmbryo.Parameters()
    parameters.extent = Extent(depth: 26, height: 62, width: 64)
    parameters.voxelSize = VoxelSize(x: 1.6, y: 1.6, z: 3.5)
    parameters.noise = noise
    parameters.diversity = diversity
    return parameters
  }

  private static let hours = [0.0, 12, 24.5, 40, 55, 70, 83.5]

  @Test(arguments: hours) func truthIsConsistent(hour: Double) {
    let embryo = SyntheticEmbryo(Self.parameters(), seed: 11)
    let volume = embryo.volume(at: hour)
    let (truth, extent) = (volume.instances, volume.instances.extent)
    #expect(Set(truth.voxels).subtracting([0]) == Set(volume.labels))
    #expect(volume.labels == volume.labels.sorted())
    let alive = embryo.lineage.cells.enumerated().filter { $1.isAlive(at: hour) }
      .map { UInt32($0.offset + 1) }
    #expect(Set(volume.labels).isSubset(of: Set(alive)))
    #expect(volume.labels.count >= alive.count * 2 / 3)
    #expect(volume.regions.voxels == truth.voxels.map { $0 > 0 ? 255 : 0 })
    #expect(volume.centers.voxels.allSatisfy { $0 == 0 || $0 == 255 })
    for other in [volume.image.voxelSize, volume.regions.voxelSize, truth.voxelSize] {
      #expect(other == embryo.parameters.voxelSize)
    }
    // Each nucleus holds the center of a ball: a voxel whose neighbors along the axes, two steps
    // away, are all marked (or outside of the field of view).
    var found: Set<UInt32> = []
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width where truth[z, y, x] > 0 {
          let arms = [(-2, 0, 0), (2, 0, 0), (0, -2, 0), (0, 2, 0), (0, 0, -2), (0, 0, 2)]
          let isCenter = arms.allSatisfy { dz, dy, dx in
            let (a, b, c) = (z + dz, y + dy, x + dx)
            guard (0..<extent.depth).contains(a), (0..<extent.height).contains(b),
              (0..<extent.width).contains(c)
            else { return true }
            return volume.centers[a, b, c] == 255
          }
          if isCenter, volume.centers[z, y, x] == 255 { found.insert(truth[z, y, x]) }
        }
      }
    }
    #expect(found == Set(volume.labels))
  }

  /// A ball alone has the 33 voxels of BBBC050's.
  @Test func ballsHave33Voxels() {
    let volume = SyntheticEmbryo(Self.parameters(), seed: 3).volume(at: 15)
    #expect(volume.labels.count == 2)
    #expect(volume.centers.voxels.count { $0 == 255 } == 66)
  }

  @Test func volumesShrinkWithTheStage() throws {
    // Interphase of 2, 4, 8, 16 and, near the end, some 60 nuclei, over three embryos.
    var means: [Double] = []
    for (nuclei, range) in [
      (2, 4500.0...9500.0), (4, 3000...7500), (8, 2000...5500), (16, 1300...4000),
      (60, 700...2300),
    ] {
      var sizes: [Double] = []
      for seed in 1...3 as ClosedRange<UInt64> {
        let embryo = SyntheticEmbryo(Self.parameters(), seed: seed)
        let hours = embryo.hours(of: nuclei...nuclei)
        let hour = nuclei == 60 ? 83 : (hours.lowerBound + hours.upperBound) / 2
        let volume = embryo.volume(at: hour)
        let extent = volume.instances.extent
        let plane = extent.height * extent.width
        var counts = [UInt32: Int]()
        var cut: Set<UInt32> = [0]
        for (i, label) in volume.instances.voxels.enumerated() {
          counts[label, default: 0] += 1
          let (z, y, x) = (i / plane, i % plane / extent.width, i % extent.width)
          if z == 0 || z == extent.depth - 1 || y == 0 || y == extent.height - 1 || x == 0
            || x == extent.width - 1
          {
            cut.insert(label)
          }
        }
        let voxel = 1.6 * 1.6 * 3.5
        sizes += counts.filter { !cut.contains($0.key) }.map { Double($0.value) * voxel }
      }
      let mean = sizes.reduce(0, +) / Double(sizes.count)
      #expect(range.contains(mean), "\(nuclei) nuclei: \(mean) µm³")
      means.append(mean)
    }
    #expect(zip(means, means.dropFirst()).allSatisfy { $0 > $1 }, "\(means)")
  }

  /// The field of view cuts nuclei of some embryos.
  @Test func nucleiAreCut() {
    var cut = 0
    for number in 0..<6 {
      let volume = SyntheticEmbryo(Self.parameters(), seed: 2, number: number).volume(at: 80)
      let plane = volume.instances.extent.height * volume.instances.extent.width
      cut += Set(volume.instances.voxels.prefix(plane)).subtracting([0]).count
    }
    #expect(cut >= 6)
  }

  /// A slow reading of how annotators draw: voxels on either side of an outline are brighter and
  /// darker than a level that the nucleus' and the volume's brightness give.
  @Test(arguments: [1, 5, 9] as [UInt64]) func outlinesFollowAGrayLevel(seed: UInt64) {
    let volume = SyntheticEmbryo(Self.parameters(noise: 0), seed: seed).volume(at: 26)
    let (truth, image) = (volume.instances, volume.image.map { Double($0) })
    let (extent, size) = (truth.extent, Self.parameters().voxelSize)
    let sorted = image.voxels.sorted()
    let background = sorted[sorted.count / 4]
    let brightest =
      sorted[sorted.count - Int(1000 / (size.x * size.y * size.z))] - background
    var own = [UInt32: Double]()
    for (label, level) in zip(truth.voxels, image.voxels) where label > 0 {
      own[label] = max(own[label] ?? 0, level - background)
    }
    let threshold = own.mapValues {
      background + 0.11 * pow(brightest, 0.93) * pow($0, 0.07)
    }
    var (pairs, bright) = (0, 0)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width - 1 {
          let labels = (truth[z, y, x], truth[z, y, x + 1])
          guard (labels.0 == 0) != (labels.1 == 0) else { continue }
          let isFirst = labels.0 > 0
          let level = threshold[isFirst ? labels.0 : labels.1] ?? 0
          let (inside, outside) =
            isFirst
            ? (image[z, y, x], image[z, y, x + 1]) : (image[z, y, x + 1], image[z, y, x])
          // Gray levels are rounded. Outside, a polar body that touches may be bright as well.
          #expect(inside >= level - 3, "\(inside) \(level)")
          bright += outside > level + 3 ? 1 : 0
          pairs += 1
        }
      }
    }
    #expect(pairs > 200 && bright < pairs / 20, "\(bright) of \(pairs)")
  }

  /// Annotations with an offset from the signal are those without one, moved.
  @Test func offsetMovesTheTruth() {
    var parameters = Self.parameters()
    let plain = SyntheticEmbryo(parameters, seed: 5).volume(at: 30)
    parameters.annotation.offset = SIMD3(-1.6, 1.6, -3.5)
    let moved = SyntheticEmbryo(parameters, seed: 5).volume(at: 30)
    #expect(plain.image == moved.image)
    let extent = plain.instances.extent
    var (nuclei, differences) = (0, 0)
    for z in 0..<extent.depth - 1 {
      for y in 1..<extent.height {
        for x in 0..<extent.width - 1 {
          let (here, there) = (moved.instances[z, y, x], plain.instances[z + 1, y - 1, x + 1])
          nuclei += there > 0 ? 1 : 0
          differences += here != there ? 1 : 0
        }
      }
    }
    #expect(nuclei > 500)
    // Nuclei that the border cuts may have another brightest voxel.
    #expect(differences < nuclei / 50, "\(differences) of \(nuclei)")
  }

  /// Noise changes nothing but the noise: residuals against the same volume without it grow.
  @Test func noiseIsMonotone() {
    func volume(_ noise: Double) -> SyntheticVolume {
      SyntheticEmbryo(Self.parameters(noise: noise), seed: 4).volume(at: 42)
    }
    let clean = volume(0)
    var last = 0.0
    for noise in [0.25, 0.5, 1, 2, 4] {
      let noisy = volume(noise)
      #expect(noisy.instances == clean.instances && noisy.centers == clean.centers)
      let residuals = zip(noisy.image.voxels, clean.image.voxels).map { Double($0) - Double($1) }
      let deviation = (residuals.reduce(0) { $0 + $1 * $1 } / Double(residuals.count)).squareRoot()
      // Twice the noise is twice the deviation, but for gray levels cut off at 0.
      if last > 0 { #expect((1.6...2.4).contains(deviation / last), "\(noise): \(deviation)") }
      let mean = residuals.reduce(0, +) / Double(residuals.count)
      #expect(abs(mean) < deviation / 10, "\(noise): \(mean)")
      last = deviation
    }
  }

  @Test func nucleiAreBrightAndPolarBodiesAreNotInTheTruth() {
    let embryo = SyntheticEmbryo(Self.parameters(noise: 0), seed: 6)
    let volume = embryo.volume(at: 15)
    func mean(_ isInside: Bool) -> Double {
      let values = zip(volume.image.voxels, volume.regions.voxels)
        .filter { ($0.1 == 255) == isInside }.map { Double($0.0) }
      return values.reduce(0, +) / Double(values.count)
    }
    #expect(mean(true) > 3 * mean(false))
    #expect(volume.labels.count == 2)
  }

  @Test(arguments: [0.0, 1]) func sameBitsForAnyThreadCount(diversity: Double) {
    func volume(_ threads: Int) -> SyntheticVolume {
      Parallel.$threads.withValue(threads) {
        SyntheticEmbryo(Self.parameters(diversity: diversity), seed: 8, number: 3).volume(at: 61)
      }
    }
    let (one, two) = (volume(1), volume(2))
    #expect(one.image == two.image && one.instances == two.instances)
    #expect(one.centers == two.centers && one.labels == two.labels)
    let other = SyntheticEmbryo(Self.parameters(), seed: 9, number: 3).volume(at: 61)
    #expect(other.image != one.image)
  }
}

import Compute
import Foundation
import Microscopy
import Testing
import Training

@Suite struct SampleSourceTests {
  static let everything = """
    augmentation={flips: {axes: [x, y, z]}, rotate90: {}, rotate: {tilt: 5}, scale: {}, \
    elastic: {spacing: 8, magnitude: 1}, gamma: {}, brightness: {}, contrast: {}, \
    gaussian_noise: {}, poisson_noise: {}, blur: {}, low_z_resolution: {}}
    """

  static func source(_ overrides: [String]) throws -> SampleSource { try source(3, overrides) }

  static func source(
    _ count: Int, volumes: FakeVolumes = FakeVolumes(), _ overrides: [String]
  ) throws -> SampleSource {
    let configuration = try TrainingConfiguration(
      yaml: """
        network: {kind: nsn}
        data: {images: images, targets: targets}
        preprocessing: {voxel: native}
        """, name: "fake.yaml", overrides: overrides, fileDirectory: "/")
    let cache = VolumeCache(
      Preparation(configuration), budget: configuration.data.cache)
    return .training(volumes.pairs(count), configuration: configuration, cache: cache)
  }

  static func same(_ a: Sample, _ b: Sample) -> Bool {
    a.name == b.name && a.image.voxels == b.image.voxels && a.target.voxels == b.target.voxels
      && a.image.extent == b.image.extent
  }

  @Test func epochsAreShuffledPermutations() throws {
    let source = try Self.source(5, ["sampling={mode: patches, patches_per_volume: 3, patch: 8}"])
    #expect(source.count == 15 && source.samplesPerVolume == 3)
    let orders = (0..<20).map { source.order(epoch: $0) }
    #expect(orders.allSatisfy { $0.sorted() == Array(0..<15) })
    #expect(Set(orders).count == 20)
    #expect(source.order(epoch: 3) == orders[3])
    let other = try Self.source(
      5, ["sampling={mode: patches, patches_per_volume: 3, patch: 8}", "training.seed=1"])
    #expect(other.order(epoch: 3) != orders[3])
  }

  /// Each number comes first as often as any other.
  @Test func shufflingIsFair() throws {
    let source = try Self.source(6, [])
    var counts = [Int](repeating: 0, count: 6)
    for epoch in 0..<3000 { counts[source.order(epoch: epoch)[0]] += 1 }
    // 500 expected, standard deviation 20.4; five of them.
    #expect(counts.allSatisfy { abs($0 - 500) < 102 })
  }

  @Test func theStudiesSet() throws {
    let source = try Self.source(2, ["augmentation.flips=study"])
    #expect(source.count == 8)
    let plain = try Self.source(2, [])
    for epoch in 0..<2 {
      let samples = try (0..<8).map { try source.sample(epoch: epoch, position: $0) }
      for pair in plain.pairs {
        let base = try (0..<2).map { try plain.sample(epoch: 0, position: $0) }
          .first { $0.name == pair.stem }
        let start = try #require(base)
        var expected: Set<[Float]> = []
        for (x, y) in [(false, false), (true, false), (false, true), (true, true)] {
          var sample = start
          if x { sample.flip(along: .x) }
          if y { sample.flip(along: .y) }
          expected.insert(sample.image.voxels)
        }
        #expect(Set(samples.filter { $0.name == pair.stem }.map(\.image.voxels)) == expected)
      }
    }
  }

  @Test func samplesArePureFunctions() throws {
    for mode in ["sampling.mode=whole", "sampling={mode: patches, patch: [8, 12, 12]}"] {
      let source = try Self.source([mode, Self.everything])
      let again = try Self.source([mode, Self.everything, "data.cache=0"])
      var distinct: Set<[Float]> = []
      for position in (0..<source.count).reversed() {
        let sample = try source.sample(epoch: 1, position: position)
        distinct.insert(sample.image.voxels)
        #expect(Self.same(sample, try again.sample(epoch: 1, position: position)))
        for threads in [1, 2, 3] {
          let other = try Parallel.$threads.withValue(threads) {
            try source.sample(epoch: 1, position: position)
          }
          #expect(Self.same(sample, other))
        }
      }
      #expect(distinct.count == source.count)
      let other = try Self.source([mode, Self.everything, "training.seed=5"])
      #expect(
        !Self.same(
          try source.sample(epoch: 0, position: 0), try other.sample(epoch: 0, position: 0)))
    }
  }

  /// Switching one augmentation off leaves the draws of the others alone.
  @Test func augmentationsDrawIndependently() throws {
    let with = try Self.source(
      1, ["augmentation={rotate90: {}, flips: {}, gamma: {probability: 1}}"])
    let without = try Self.source(1, ["augmentation={rotate90: {}, flips: {}}"])
    for epoch in 0..<10 {
      #expect(
        try with.sample(epoch: epoch, position: 0).target.voxels
          == without.sample(epoch: epoch, position: 0).target.voxels)
    }
  }

  /// A volume's patches follow its foreground to the power asked for, within one per epoch.
  @Test(arguments: [0.5, 1.0])
  func volumesShareByForeground(exponent: Double) throws {
    let counts = [0, 4, 16, 100, 400]
    let configuration = try TrainingConfiguration(
      yaml: """
        network: {kind: nsn}
        data: {images: images, targets: targets}
        preprocessing: {voxel: native}
        sampling: {mode: patches, patch: 8, patches_per_volume: 7, foreground_exponent: \(exponent)}
        """, name: "fake.yaml", overrides: [], fileDirectory: "/")
    let source = SampleSource.training(
      fakePairs(5), configuration: configuration,
      cache: VolumeCache(Preparation(configuration), budget: ByteCount(0)),
      foreground: counts)
    let weights = counts.map { pow(Double(max(1, $0)), exponent) }
    var offsets: Set<[Int]> = []
    for epoch in 0..<20 {
      var drawn = [Int](repeating: 0, count: 5)
      for number in 0..<source.count {
        drawn[source.volume(ofSample: number, epoch: epoch)] += 1
      }
      offsets.insert(drawn)
      for (count, weight) in zip(drawn, weights) {
        let expected = weight / weights.reduce(0, +) * Double(source.count)
        #expect(abs(Double(count) - expected) < 1)
      }
    }
    #expect(offsets.count > 1)
  }

  @Test func patchesHoldForegroundAsOftenAsAsked() throws {
    // A 40³ volume with one foreground voxel near a corner region of it.
    let extent = Extent(depth: 40, height: 40, width: 40)
    var target = Volume<Int8>(repeating: 0, extent: extent)
    target[17, 22, 25] = 1
    let volume = PreparedVolume(
      name: "p", image: Volume(repeating: 0, extent: extent), target: target)
    var sampling = SamplingConfiguration()
    sampling.mode = .patches
    sampling.patch = Extent(depth: 8, height: 10, width: 12)
    var generator = SeededGenerator(seed: 11)
    let runs = 4000
    for fraction in [0, 0.4, 1] {
      sampling.foregroundFraction = fraction
      var hits = 0
      for _ in 0..<runs {
        let window = sampling.window(in: volume, using: &generator)
        #expect(window.extent == sampling.patch && window.isInside(extent))
        let place = [17, 22, 25]
        let inside = zip(Axis.allCases, place).allSatisfy {
          (window.origin[$0]..<window.origin[$0] + window.extent[$0]).contains($1)
        }
        hits += inside ? 1 : 0
      }
      // By chance a patch holds the voxel in 8·10·12 of 33·31·29 positions.
      let chance = 960.0 / (33 * 31 * 29)
      let expected = fraction + (1 - fraction) * chance
      let deviation = (expected * (1 - expected) / Double(runs)).squareRoot()
      #expect(abs(Double(hits) / Double(runs) - expected) <= 5 * deviation + 1e-12)
    }
  }

  @Test func patchesCoverThePlacesEvenly() throws {
    let extent = Extent(depth: 9, height: 4, width: 6)
    let volume = PreparedVolume(
      name: "p", image: Volume(repeating: 0, extent: extent),
      target: Volume(repeating: 0, extent: extent))
    var sampling = SamplingConfiguration()
    sampling.patch = Extent(depth: 6, height: 4, width: 8)
    var generator = SeededGenerator(seed: 12)
    var counts: [Int: Int] = [:]
    for _ in 0..<2000 {
      let window = sampling.window(in: volume, using: &generator)
      counts[window.origin.z, default: 0] += 1
      // No room along y; along x the patch is longer and centered.
      #expect(window.origin.y == 0 && window.origin.x == -1)
    }
    #expect(counts.keys.sorted() == [0, 1, 2, 3])
    // 500 expected, standard deviation 19.4; five of them.
    #expect(counts.values.allSatisfy { abs($0 - 500) < 97 })
    let sample = volume.sample(in: sampling.window(in: volume, using: &generator))
    #expect(sample.image.extent == sampling.patch)
  }

  @Test func validationIsUnchangedAndWhole() throws {
    let volumes = FakeVolumes()
    let configuration = try fakeConfiguration(
      "preprocessing.size=32", Self.everything, "sampling={mode: patches, patch: 8}")
    let cache = VolumeCache(
      Preparation(configuration), budget: configuration.data.cache)
    let source = SampleSource.validation(volumes.pairs(3), cache: cache)
    #expect(source.count == 3)
    for position in 0..<3 {
      let sample = try source.sample(epoch: 0, position: position)
      #expect(sample.name == "v\(position)")
      #expect(sample.image.extent == volumes.extent)
      #expect(Self.same(sample, try source.sample(epoch: 7, position: position)))
      let raw = volumes.volume(at: source.pairs[position].target)
      #expect(sample.target.voxels == raw.voxels.map { $0 > 0 ? 1 : 0 })
    }
  }

  @Test func batches() throws {
    let source = try Self.source(2, ["sampling={mode: patches, patch: [4, 6, 8]}"])
    let samples = try (0..<3).map { try source.sample(epoch: 0, position: $0) }
    let batch = try Batch(samples)
    #expect(batch.images.shape == [3, 1, 4, 6, 8] && batch.targets.shape == [3, 1, 4, 6, 8])
    #expect(batch.images.scalars == samples.flatMap(\.image.voxels))
    #expect(batch.targets.scalars == samples.flatMap(\.target.voxels))
    #expect(batch.names == samples.map(\.name))
    var odd = samples
    odd[1] = AugmentationTests.sample()
    #expect(
      throws: InputError(
        "s",
        "has 5 × 8 × 8 voxels but \(samples[0].name) in its batch has 4 × 6 × 8 (z, y, x); set "
          + "preprocessing.size, sampling.mode patches or training.batch_size 1")
    ) { try Batch(odd) }
  }
}

import Compute
import Microscopy
import Testing
import Training

@Suite struct PreparationTests {
  static let extent = Extent(depth: 6, height: 9, width: 10)
  static let size = VoxelSize(x: 0.8, y: 0.8, z: 1.75)
  static let pair = fakePairs(1)[0]

  /// A random image and a target with values 0, 64, 128 (to ignore) and 255.
  static func volumes(ignored: Bool) -> (Volume<Float>, Volume<Float>) {
    var generator = SeededGenerator(seed: 3)
    let image = Volume(
      (0..<extent.count).map { _ in Float(generator.uniform() * 900 + 104) }, extent: extent)
    let target = Volume(
      (0..<extent.count).map { index -> Float in
        if ignored, generator.chance(0.02) { return 128 }
        // Blobs: neighbors along x agree mostly.
        return (index / 4 + index / 37) % 3 == 0 ? 255 : generator.chance(0.1) ? 64 : 0
      }, extent: extent)
    return (image, target)
  }

  static func prepare(
    _ image: Volume<Float>, _ target: Volume<Float>, isFitted: Bool = true, _ overrides: [String]
  ) throws -> PreparedVolume {
    let volumes = FakeVolumes(replacements: [pair.image: image, pair.target: target])
    let configuration = try TrainingConfiguration(
      yaml: "network: {kind: nsn}\ndata: {images: images, targets: targets}", name: "x.yaml",
      overrides: overrides, fileDirectory: "/")
    let pair = volumes.pair(pair.name, voxelSize: configuration.data.voxelSize)
    return try Preparation(configuration).volume(pair, isFitted: isFitted)
  }

  /// One value between voxels, by the definition of linear interpolation.
  static func linear(_ volume: Volume<Float>, _ z: Double, _ value: (Float) -> Double) -> [Double] {
    let depth = volume.extent.depth
    let place = min(max(z, 0), Double(depth - 1))
    let lower = Int(place)
    let upper = min(lower + 1, depth - 1)
    let weight = place - Double(lower)
    let plane = volume.extent.height * volume.extent.width
    return (0..<plane).map {
      (1 - weight) * value(volume.voxels[lower * plane + $0])
        + weight * value(volume.voxels[upper * plane + $0])
    }
  }

  @Test(arguments: [false, true]) func isotropicByDefinition(ignored: Bool) throws {
    let (image, target) = Self.volumes(ignored: ignored)
    let prepared = try Self.prepare(
      image, target,
      ["data.voxel_size=[0.8, 0.8, 1.75]", "data.ignore_value=128", "data.foreground_threshold=64"])
    // 6 planes of 1.75 µm are 13.125 planes of 0.8 µm.
    #expect(prepared.extent == Extent(depth: 13, height: 9, width: 10))
    #expect(abs((prepared.image.voxelSize?.z ?? 0) - 6 * 1.75 / 13) < 1e-12)
    let low = Double(image.voxels.min() ?? 0)
    let high = Double(image.voxels.max() ?? 0)
    let plane = 90
    for z in 0..<13 {
      let place = (Double(z) + 0.5) * 6 / 13 - 0.5
      let values = Self.linear(image, place) { (Double($0) - low) / (high - low) }
      let foreground = Self.linear(target, place) { $0 > 64 && $0 != 128 ? 1 : 0 }
      let share = Self.linear(target, place) { $0 == 128 ? 1 : 0 }
      for i in 0..<plane {
        // Three float32 operations on values up to 1.
        #expect(abs(Double(prepared.image.voxels[z * plane + i]) - values[i]) < 4e-7)
        // Weights of z are k/13 + 1/26-steps: a probability is never within 1e-3 of ½ but at ½.
        let expected: Int8 = share[i] > 1e-9 ? -1 : foreground[i] > 0.5 - 1e-6 ? 1 : 0
        #expect(prepared.target.voxels[z * plane + i] == expected)
      }
    }
    #expect(prepared.target.voxels.contains(-1) == ignored)
    #expect(
      prepared.foregroundCount == prepared.target.voxels.filter { $0 == 1 }.count)
  }

  @Test func foregroundByNumber() throws {
    let (image, target) = Self.volumes(ignored: true)
    let prepared = try Self.prepare(image, target, ["preprocessing.voxel=native"])
    var number = 0
    for z in 0..<6 {
      for y in 0..<9 {
        for x in 0..<10 where prepared.target[z, y, x] == 1 {
          #expect(prepared.foreground(number) == VoxelIndex(z: z, y: y, x: x))
          number += 1
        }
      }
    }
    #expect(number == prepared.foregroundCount && number > 50)
  }

  /// Half planes do not move when resampled: neither dilated nor eroded by more than half a voxel.
  @Test func objectsKeepTheirSize() throws {
    let extent = Extent(depth: 40, height: 4, width: 4)
    let image = Volume(
      (0..<extent.count).map(Float.init), extent: extent, voxelSize: VoxelSize(x: 1, y: 1, z: 1))
    for edge in [0.3, 0.7, 1, 1.6, 2.5] {
      let target = Volume(
        (0..<extent.count).map { (10..<30).contains($0 / 16) ? Float(255) : 0 }, extent: extent)
      let prepared = try Self.prepare(image, target, ["preprocessing.voxel=[1, 1, \(edge)]"])
      let planes = prepared.foregroundPerPlane.filter { $0 > 0 }.count
      let thickness = Double(planes) * 40 / Double(prepared.extent.depth)
      #expect(abs(thickness - 20) <= edge + 1e-9, "edge \(edge): \(thickness) of 20 µm")
    }
  }

  @Test func sizeIsMirroredAndCropped() throws {
    let (image, target) = Self.volumes(ignored: false)
    let options = [
      "preprocessing.voxel=native", "preprocessing.size=[10, 5, 10]",
      "preprocessing.scaling=none",
    ]
    let prepared = try Self.prepare(image, target, options)
    #expect(prepared.extent == Extent(depth: 10, height: 5, width: 10))
    for z in 0..<10 {
      // Two planes are added at either end: 2 1 | 0 1 … 5 | 4 3.
      let from = [2, 1, 0, 1, 2, 3, 4, 5, 4, 3][z]
      for y in 0..<5 {
        for x in 0..<10 {
          #expect(prepared.image[z, y, x] == image[from, y + 2, x])
          #expect(prepared.target[z, y, x] == (target[from, y + 2, x] > 0 ? 1 : 0))
        }
      }
    }
    // Validation sees the microscope's voxels only.
    #expect(try Self.prepare(image, target, isFitted: false, options).extent == Self.extent)
  }

  @Test func scalings() throws {
    let (image, target) = Self.volumes(ignored: false)
    func extremes(_ options: String...) throws -> (Float, Float) {
      let voxels = try Self.prepare(image, target, ["preprocessing.voxel=native"] + options)
        .image.voxels
      return (voxels.min() ?? 0, voxels.max() ?? 0)
    }
    #expect(try extremes() == (0, 1))
    #expect(
      try extremes("preprocessing.scaling=none")
        == (image.voxels.min() ?? 0, image.voxels.max() ?? 0))
    let percentile = try Self.prepare(
      image, target,
      [
        "preprocessing.voxel=native", "preprocessing.scaling=percentile",
        "preprocessing.percentiles=[10, 90]",
      ]
    ).image.voxels
    #expect(percentile.min() == 0 && percentile.max() == 1)
    // A tenth of the voxels lies at or below the lower percentile, within one voxel.
    #expect(abs(percentile.filter { $0 == 0 }.count - 54) <= 1)
  }

  @Test func theFilesVoxelSizeCounts() throws {
    let image = Volume(repeating: Float(1), extent: Self.extent, voxelSize: Self.size)
    let target = Volume(repeating: Float(0), extent: Self.extent)
    #expect(try Self.prepare(image, target, []).extent.depth == 13)
    #expect(
      try Self.prepare(image, target, ["preprocessing.voxel=1.6"]).extent
        == Extent(depth: 7, height: 5, width: 5))
    // That of the pair overrides it.
    #expect(try Self.prepare(image, target, ["data.voxel_size=[1, 1, 1]"]).extent == Self.extent)
  }

  @Test func errors() throws {
    let image = Volume(repeating: Float(1), extent: Self.extent)
    let target = Volume(repeating: Float(0), extent: Self.extent)
    let unknown = InputError(
      Self.pair.image,
      "does not state its voxel size; set data.voxel_size: [x, y, z] in µm, or "
        + "preprocessing.voxel: native to keep the grid")
    #expect(throws: unknown) { try Self.prepare(image, target, []) }
    let small = Volume(repeating: Float(0), extent: Extent(depth: 5, height: 9, width: 10))
    let mismatch = InputError(
      Self.pair.target,
      "has 5 × 9 × 10 voxels but its image \(Self.pair.image) has 6 × 9 × 10 (z, y, x); both must "
        + "cover the same grid")
    #expect(throws: mismatch) { try Self.prepare(image, small, ["preprocessing.voxel=native"]) }
    var bad = image
    bad[1, 2, 3] = .nan
    #expect(
      throws: InputError(
        Self.pair.image,
        "1 voxel is NaN or infinite, the first at (1, 2, 3) (z, y, x): replace them by finite "
          + "intensities")
    ) { try Self.prepare(bad, target, ["preprocessing.voxel=native"]) }
    // The same from the headers alone, before training.
    let wrong = FakeVolumes(replacements: [Self.pair.image: image, Self.pair.target: small])
    #expect(throws: mismatch) {
      try Preparation(fakeConfiguration()).verify(wrong.pairs(1))
    }
    let fine = FakeVolumes(replacements: [Self.pair.image: image, Self.pair.target: target])
    #expect(throws: unknown) {
      try Preparation(fakeConfiguration("preprocessing.voxel=isotropic"))
        .verify(fine.pairs(1))
    }
    try Preparation(fakeConfiguration()).verify(fine.pairs(1))
  }

  @Test func cacheStaysInItsBudget() throws {
    let volumes = FakeVolumes()
    let preparation = Preparation(try fakeConfiguration())
    let pairs = volumes.pairs(4)
    let one = try preparation.volume(pairs[0], isFitted: true).byteCount
    let before = volumes.loaded.count
    let cache = VolumeCache(preparation, budget: ByteCount(2 * one + 10))
    func images(_ numbers: [Int]) throws -> [String] {
      let start = volumes.loaded.count
      for number in numbers { _ = try cache.volume(pairs[number], isFitted: true) }
      #expect(cache.byteCount <= cache.budget.bytes)
      return volumes.loaded[start...].filter { $0.contains("images") }
    }
    #expect(before == 2)
    #expect(try images([0, 1, 0, 1]) == ["/images/v0.tif", "/images/v1.tif"])
    // 0 was used last but one; using it now makes 1 the oldest, which 2 displaces.
    #expect(try images([0, 2, 0]) == ["/images/v2.tif"])
    #expect(try images([1]) == ["/images/v1.tif"])
    let none = VolumeCache(preparation, budget: ByteCount(0))
    let first = try none.volume(pairs[3], isFitted: true)
    #expect(none.byteCount == 0)
    #expect(try none.volume(pairs[3], isFitted: true).image.voxels == first.image.voxels)
  }

  /// A target with one value at plane 3 of 6.
  private static func message(
    target value: Float, _ overrides: String...
  ) throws -> String? {
    var (image, target) = volumes(ignored: false)
    image.voxelSize = size
    target.voxels[(2 * 9 + 4) * 10 + 7] = value
    do {
      _ = try prepare(image, target, overrides)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func targetsAreChecked() throws {
    let place = "in plane 3 of 6 at (2, 4, 7) (z, y, x from 0); expected 0 for background"
    for (value, words) in [
      (Float.nan, "1 voxel of the target is NaN or infinite, the first (NaN)"),
      (.infinity, "1 voxel of the target is NaN or infinite, the first (inf)"),
      (-1, "1 voxel of the target is negative, the first (-1)"),
    ] {
      let message = try #require(try Self.message(target: value))
      #expect(message.contains("/targets/") && message.contains("\(words) \(place)"), "\(message)")
    }
    // Values that the configuration gives a meaning, and fractions, which are above the threshold.
    #expect(try Self.message(target: -1, "data.ignore_value=-1") == nil)
    #expect(try Self.message(target: -1, "data.foreground_threshold=-2") == nil)
    #expect(try Self.message(target: 0.25) == nil)
  }

  @Test func valuesAreCheckedBeforeAnEpoch() throws {
    var (image, target) = Self.volumes(ignored: false)
    image.voxelSize = Self.size
    let configuration = try TrainingConfiguration(
      yaml: "network: {kind: nsn}\ndata: {images: images, targets: targets}", name: "x.yaml",
      fileDirectory: "/")
    func message(
      image: Volume<Float>? = nil, target: Volume<Float>? = nil, validates: Bool = false
    ) -> String? {
      let pair = fakePairs(2)[0]
      var replacements: [String: Volume<Float>] = [:]
      replacements[pair.image] = image
      replacements[pair.target] = target
      let volumes = FakeVolumes(replacements: replacements)
      let (first, second) = (volumes.pair("v0.tif"), volumes.pair("v1.tif"))
      do {
        try Preparation(configuration).checkValues(
          training: [validates ? second : first], validation: [validates ? first : second])
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(message(image: image, target: target) == nil)
    var damaged = image
    damaged.voxels[5] = .nan
    for validates in [false, true] {
      #expect(
        message(image: damaged, target: target, validates: validates)?
          .contains("/images/v0.tif: 1 voxel is NaN or infinite") == true)
    }
    damaged = target
    damaged.voxels[5] = .nan
    #expect(
      message(image: image, target: damaged, validates: true)?
        .contains("/targets/v0.tif: 1 voxel of the target is NaN") == true)
    // One class alone cannot be learned.
    let zeros = Volume<Float>(repeating: 0, extent: Self.extent)
    #expect(
      message(image: image, target: zeros)?.contains("so there is nothing to learn") == true)
    #expect(message(image: image, target: zeros, validates: true) == nil)
    #expect(
      message(image: image, target: zeros.map { _ in 1 })?
        .contains("so there is no background") == true)
  }
}

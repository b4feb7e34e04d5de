import Compute
import Microscopy
import Morphometry
import Segmentation
import Testing

/// Instances of masks that are worked on slab by slab and part by part are those of masks in memory.
@Suite struct StreamedInstancesTests {
  /// Masks of many shapes: noise of several densities, balls that touch, edges of one voxel.
  static func mask(_ number: Int) -> Volume<Bool> {
    var generator = SeededGenerator(seed: 11, stream: UInt64(number))
    func edge(_ limit: Int) -> Int { 1 + Int(generator.next() % UInt64(limit)) }
    let extent = Extent(depth: edge(14), height: edge(25), width: edge(40))
    let density = generator.uniform()
    let sigma = [0, 0.6, 1.5][number % 3]
    var noise = Volume(
      (0..<extent.count).map { _ in Float(generator.uniform()) }, extent: extent)
    if sigma > 0 { noise = noise.gaussianFiltered(sigma: .voxels(sigma)) }
    let sorted = noise.voxels.sorted()
    let level = sorted[min(sorted.count - 1, Int(Double(sorted.count) * density))]
    return noise.map { $0 > level }
  }

  static let sizes = [
    VoxelSize(isotropic: 1), VoxelSize(x: 0.8, y: 0.8, z: 1.75), VoxelSize(x: 0.5, y: 0.4, z: 3),
  ]

  /// Voxels at random, in and outside of the mask.
  static func centers(_ mask: Volume<Bool>, _ number: Int) -> [VoxelIndex] {
    var generator = SeededGenerator(seed: 12, stream: UInt64(number))
    return (0..<1 + mask.extent.count / 300).map { _ in
      mask.index(ofVoxel: Int(generator.next() % UInt64(mask.extent.count)))
    }
  }

  static func parameters(_ number: Int) -> SegmentationParameters {
    var parameters = SegmentationParameters()
    parameters.splitting = SegmentationParameters.Splitting.allCases[number % 4]
    parameters.uncentered = SegmentationParameters.Uncentered.allCases[number / 4 % 3]
    parameters.fillsHoles = number % 5 != 0
    parameters.distanceRadius = [0, 2, 5][number % 3]
    parameters.distanceSmoothing = [0.8, 0, 1.6][number % 3]
    parameters.minimumVolume = number % 2 == 0 ? 0 : 3
    parameters.minimumUncenteredVolume = number % 2 == 0 ? 0 : 10
    return parameters
  }

  @Test(arguments: 0..<240) func instances(number: Int) throws {
    var mask = Self.mask(number)
    let size = Self.sizes[number % 3]
    mask.voxelSize = size
    let centers = Self.centers(mask, number)
    let splitter = InstanceSplitter(Self.parameters(number))
    let whole = splitter.instances(in: mask, centers: centers, voxelSize: size)
    let plane = mask.extent.height * mask.extent.width
    for slabBytes in [1, 40 * plane, 1 << 24] {
      let streamed = try splitter.instances(
        in: MaskRuns(where: mask), centers: centers, voxelSize: size, name: "v", bytes: 1 << 24,
        slabBytes: slabBytes)
      let labels = streamed.runs.planes(0..<mask.extent.depth)
      #expect(labels.voxels == whole.labels.voxels, "\(number), \(slabBytes)")
      #expect(streamed.isUncentered == whole.isUncentered, "\(number), \(slabBytes)")
    }
  }

  @Test(arguments: 0..<60) func masksAsRuns(number: Int) throws {
    let mask = Self.mask(number)
    var runs = MaskRuns(planesOf: mask.extent)
    try mask.forEachSlab(of: 1 + number % 4) { runs.append($1) }
    #expect(runs.planes(0..<mask.extent.depth).voxels == mask.voxels)
    var filled = runs
    filled.fillHoles()
    #expect(filled.planes(0..<mask.extent.depth).voxels == mask.fillingHoles().voxels)
    for offset in mask.voxels.indices {
      #expect((runs.run(at: mask.index(ofVoxel: offset)) != nil) == mask.voxels[offset])
    }
    for size in Self.sizes {
      let whole = mask.distanceTransform(voxelSize: size)
      for bytes in [1, 1 << 12, 1 << 20] {
        let map = try Volume<Bool>.distanceTransform(of: runs, voxelSize: size, bytes: bytes)
        #expect(try map.planes(0..<mask.extent.depth).voxels == whole.voxels)
      }
    }
  }

  @Test(arguments: 0..<40) func centersOfProbabilities(number: Int) throws {
    let extent = Self.mask(number).extent
    var generator = SeededGenerator(seed: 13, stream: UInt64(number))
    // Few values, so that there are plateaus.
    let probability = Volume(
      (0..<extent.count).map { _ in Float((generator.uniform() * 8).rounded() / 8) },
      extent: extent)
    for rule in SegmentationParameters.CenterRule.allCases {
      var parameters = SegmentationParameters()
      parameters.centerRule = rule
      parameters.centerSmoothing = [0, 0.8][number % 2]
      let splitter = InstanceSplitter(parameters)
      for size in Self.sizes {
        let whole = splitter.centers(in: probability, threshold: 0.5, voxelSize: size)
        for bytes in [1, 1 << 16, 1 << 24] {
          #expect(
            try splitter.centers(
              in: probability, threshold: 0.5, voxelSize: size, name: "v", bytes: bytes,
              limit: 1 << 20) == whole)
        }
      }
    }
  }

  @Test(arguments: 0..<30) func measurements(number: Int) throws {
    let mask = Self.mask(number)
    var labels = mask.connectedComponents(.faces)
    labels.voxelSize = Self.sizes[number % 3]
    var generator = SeededGenerator(seed: 14, stream: UInt64(number))
    let image = Volume(
      (0..<mask.extent.count).map { _ in Float(generator.uniform()) * 1000 }, extent: mask.extent)
    let whole = try NucleusMeasurements(labels, image: image)
    for slab in [1, 3, 100] {
      #expect(
        try NucleusMeasurements(LabeledRuns(labels), image: image, slab: slab) == whole)
    }
  }

  /// A part whose box is large takes memory for its own voxels only.
  @Test func partsInLargeBoxes() throws {
    let size = VoxelSize(isotropic: 1)
    var mask = Volume(
      repeating: false, extent: Extent(depth: 90, height: 90, width: 90), voxelSize: size)
    // Balls of 3 voxels that touch, from corner to corner.
    for offset in mask.voxels.indices {
      let index = mask.index(ofVoxel: offset)
      let middle = (index.z + index.y + index.x + 4) / 9 * 3
      let (z, y, x) = (index.z - middle, index.y - middle, index.x - middle)
      mask.voxels[offset] = z * z + y * y + x * x <= 12
    }
    var parameters = SegmentationParameters()
    parameters.splitting = .watershed
    parameters.distanceRadius = 2
    let splitter = InstanceSplitter(parameters)
    let whole = splitter.instances(in: mask, voxelSize: size)
    let runs = MaskRuns(where: mask)
    let bytes = (runs.runs.count << 7) + mask.voxels.count { $0 } * RunFlood.bytesPerVoxel
    #expect(mask.connectedComponents(.faces).voxels.max() == 1 && bytes < mask.extent.count * 2)
    let streamed = try splitter.instances(
      in: runs, centers: [], voxelSize: size, name: "v", bytes: bytes, slabBytes: 1 << 16)
    #expect(streamed.runs.planes(0..<90).voxels == whole.labels.voxels)
    #expect(whole.isUncentered.count > 10)
  }

  /// A part of too many voxels is an error of one line.
  @Test func partsThatAreTooLarge() throws {
    var mask = Volume(
      repeating: true, extent: Extent(depth: 9, height: 30, width: 30),
      voxelSize: VoxelSize(isotropic: 1))
    mask[0, 0, 0] = false
    var parameters = SegmentationParameters()
    parameters.distanceRadius = 0
    parameters.distanceSmoothing = 0
    parameters.splitting = .combined
    let error = #expect(throws: InputError.self) {
      try InstanceSplitter(parameters).instances(
        in: MaskRuns(where: mask),
        centers: [VoxelIndex(z: 4, y: 5, x: 5), VoxelIndex(z: 4, y: 25, x: 25)],
        voxelSize: VoxelSize(isotropic: 1), name: "v.tif", bytes: 1 << 12, slabBytes: 1 << 12)
    }
    #expect(error?.description.hasPrefix("v.tif: has a connected part") == true)
    #expect(error?.advice == .allowMemory)
  }
}

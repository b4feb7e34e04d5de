import Compute
import Microscopy
import Morphometry

/// The nuclei of a frame as runs.
package struct RunInstances: Sendable {
  /// The nuclei, numbered as ``Instances`` are.
  package let runs: LabeledRuns
  /// Whether each nucleus, from label 1 on, was found without a center of the NDN.
  package let isUncentered: [Bool]
}

extension InstanceSplitter {
  /// The nuclei in a mask, in little memory; the same as
  /// ``instances(in:centers:voxelSize:)``.
  ///
  /// - Parameters:
  ///   - mask: The foreground.
  ///   - centers: The centers that a detector found.
  ///   - voxelSize: In µm.
  ///   - name: The file, for messages.
  ///   - bytes: Memory for runs, and for a part that is split.
  ///   - slabBytes: Memory for a slab.
  /// - Throws: `InputError` if a connected part of the foreground is too large to be split.
  package func instances(
    in mask: consuming MaskRuns, centers: [VoxelIndex], voxelSize: VoxelSize, name: String,
    bytes: Int, slabBytes: Int
  ) throws -> RunInstances {
    var (runs, centered) = try objects(
      in: mask, centers: centers, voxelSize: voxelSize, name: name, bytes: bytes,
      slabBytes: slabBytes)
    let objects = try runs.finish()
    let atBorder = Set(objects.filter(\.touchesBorder).map(\.object.label))
    let order = kept(
      of: objects.map(\.object), atBorder: atBorder, centered: centered, voxelSize: voxelSize)
    var indices: [UInt32: Int] = [:]
    for (index, object) in objects.enumerated() { indices[object.object.label] = index }
    return RunInstances(
      runs: try runs.labeled(
        order.compactMap { indices[$0] }.map { objects[$0] }, voxelSize: voxelSize),
      isUncentered: order.map { $0 > centered })
  }

  /// The objects in a mask, by labels of which the first ones, up to `centered`, have a center.
  private func objects(
    in mask: consuming MaskRuns, centers: [VoxelIndex], voxelSize: VoxelSize, name: String,
    bytes: Int, slabBytes: Int
  ) throws -> (runs: ObjectRuns, centered: UInt32) {
    let parts = self.parts(of: mask)
    var objects = try ObjectRuns(extent: parts.mask.extent)
    if parameters.splitting == .components {
      for part in 1..<parts.count + 1 {
        try objects.append(parts.runs(of: part)[...], label: UInt32(part)) {
          isLarge($0, voxelSize)
        }
      }
      return (objects, .max)
    }
    let distance = try Volume<Bool>.distanceTransform(
      of: parts.mask, voxelSize: voxelSize, bytes: slabBytes)
    let isWatershed = parameters.splitting == .watershed
    let found = isWatershed ? [] : centers.filter { parts.part(at: $0) != nil }
    var markers = PartMarkers(parts)
    markers.mark(found)
    let centered = isWatershed ? .max : UInt32(markers.count)
    markers.mark(
      isWatershed
        ? try maxima(of: distance, in: parts, bytes: slabBytes) { _ in true }
        : try markersWithoutCenter(
          markers, parts, centers: found, distance: distance, bytes: slabBytes))
    try split(
      PartFloods(parts: parts, distance: distance, name: name, bytes: bytes, batch: slabBytes),
      markers, into: &objects
    ) { isLarge($0, voxelSize) }
    return (objects, centered)
  }

  /// Throws if a connected part of a mask is too large to be split, as
  /// ``instances(in:centers:voxelSize:name:bytes:slabBytes:)`` does; without its centers, so that a
  /// part counts even if it proves to be one nucleus.
  func checkParts(of mask: consuming MaskRuns, name: String, bytes: Int) throws(InputError) {
    if parameters.splitting == .components { return }
    let parts = self.parts(of: mask)
    for part in 1..<parts.count + 1 {
      _ = try PartFloods.checkedBytes(of: part, in: parts, within: bytes, name: name)
    }
  }

  /// The parts of a mask after its holes are filled.
  private func parts(of mask: consuming MaskRuns) -> MaskParts {
    if parameters.fillsHoles { mask.fillHoles() }
    return MaskParts(mask)
  }

  /// Whether an object is not dropped for its size alone.
  private func isLarge(_ object: LabeledObject, _ voxelSize: VoxelSize) -> Bool {
    volume(of: object, voxelSize) >= parameters.minimumVolume
  }

  /// As the markers of a mask in memory.
  private func markersWithoutCenter(
    _ markers: PartMarkers, _ parts: MaskParts, centers: [VoxelIndex],
    distance: ScratchVolume<Float>, bytes: Int
  ) throws -> [VoxelIndex] {
    let isCentered = markers.isMarked
    var found: [VoxelIndex] = []
    if parameters.splitting == .combined {
      let voxelSize = distance.voxelSize ?? .unit
      let near = NearVoxels(centers, voxelSize: voxelSize)
      found = try maxima(of: distance, in: parts, bytes: bytes) { isCentered[$0] }
        .filter { !near.isAny(within: Double(try distance[$0]), of: $0) }
    }
    switch parameters.uncentered {
    case .drop: return found
    case .keep:
      return found
        + (1..<parts.count + 1).filter { !isCentered[$0] }.map(parts.firstVoxel)
    case .split:
      return try found + maxima(of: distance, in: parts, bytes: bytes) { !isCentered[$0] }
    }
  }

  /// The maxima of the smoothed distance map in the parts that are wanted.
  private func maxima(
    of distance: ScratchVolume<Float>, in parts: MaskParts, bytes: Int,
    where isWanted: @escaping @Sendable (_ part: Int) -> Bool
  ) throws -> [VoxelIndex] {
    let voxelSize = distance.voxelSize ?? .unit
    let numbers = parts.numbers
    return try Self.maxima(
      of: distance, in: parts.mask, smoothing: parameters.distanceSmoothing,
      radius: parameters.distanceRadius, voxelSize: voxelSize, bytes: bytes
    ) { isWanted(Int(numbers[$0])) }
  }

  /// The centers in an NDN's probability, in about `bytes` of memory and that of at most `limit`
  /// runs; the same as ``centers(in:threshold:voxelSize:)``.
  package func centers(
    in probability: any PlaneSource<Float>, threshold: Float, voxelSize: VoxelSize, name: String,
    bytes: Int, limit: Int
  ) throws -> [VoxelIndex] {
    let candidates = try MaskRuns(
      probability, atLeast: threshold, bytes: bytes, limit: limit, name: name)
    switch parameters.centerRule {
    case .components:
      let (numbers, count) = candidates.components(.corners)
      var sums = [ObjectSums](repeating: ObjectSums(), count: count)
      candidates.forEachRun { index, z, y, run in
        sums[Int(numbers[index]) - 1].add(z: z, y: y, first: Int(run.first), last: Int(run.last))
      }
      return sums.enumerated().map { number, sum in
        Self.center(of: sum.object(UInt32(number + 1)))
      }
    case .maxima:
      return try Self.maxima(
        of: probability, in: candidates, smoothing: parameters.centerSmoothing,
        radius: parameters.centerRadius, voxelSize: voxelSize, bytes: bytes
      ) { _ in true }
    }
  }

  /// The local maxima of a smoothed volume, slab by slab.
  private static func maxima(
    of source: any PlaneSource<Float>, in mask: MaskRuns, smoothing: Double, radius: Double,
    voxelSize: VoxelSize, bytes: Int, where isWanted: @escaping @Sendable (_ run: Int) -> Bool
  ) throws -> [VoxelIndex] {
    let extent = mask.extent
    let smooth = GaussianPlanes(source, sigma: .micrometers(smoothing, voxelSize: voxelSize))
    var maxima = LocalMaxima(
      extent: extent, radius: Self.radius(radius, on: voxelSize), voxelSize: voxelSize, threshold: 0
    )
    let slab = extent.planes(
      in: bytes, bytesPerVoxel: 12, margin: maxima.margin + smooth.margin)
    for first in stride(from: 0, to: extent.depth, by: slab) {
      let planes = first..<min(extent.depth, first + slab)
      let needed = extent.planes(around: planes, margin: maxima.margin)
      let part = mask.mask(planes: needed, rows: 0..<extent.height, where: isWanted)
      guard part.voxels.contains(true) else { continue }
      maxima.search(
        try smooth.planes(needed), from: needed.lowerBound, planes: planes, mask: part)
    }
    return maxima.found()
  }

  /// Adds every marker's part of the foreground as an object with the marker's label.
  private func split(
    _ floods: PartFloods, _ markers: PartMarkers, into objects: inout ObjectRuns,
    where isWanted: (LabeledObject) -> Bool
  ) throws {
    var floods = floods
    func add(_ flooded: [PartFloods.Flooded]) throws {
      for (markers, runs, ends) in flooded {
        var first = 0
        for (marker, end) in zip(markers, ends) {
          try objects.append(runs[first..<end], label: marker.label, where: isWanted)
          first = end
        }
      }
    }
    // Without a marker a part is background, and a single one has all of it.
    try markers.forEachPart { part, own in
      if own.count == 1 {
        try objects.append(
          floods.parts.runs(of: part)[...], label: own[0].label, where: isWanted)
      } else {
        try add(floods.add(part, markers: own))
      }
    }
    try add(floods.finish())
  }
}

extension MaskRuns {
  /// Where the value reaches `level`, read in about `bytes` of memory.
  ///
  /// - Parameters:
  ///   - source: A probability.
  ///   - level: The threshold.
  ///   - bytes: Memory for a slab.
  ///   - limit: The most runs that fit in the memory.
  ///   - name: The file, for messages.
  /// - Throws: `InputError` as soon as the mask has more runs.
  init(
    _ source: any PlaneSource<Float>, atLeast level: Float, bytes: Int, limit: Int, name: String
  ) throws {
    self.init(
      planesOf: source.extent, voxelSize: source.voxelSize,
      limit: min(limit, source.extent.count))
    try source.forEachSlab(of: source.extent.planes(in: bytes, bytesPerVoxel: 12)) {
      planes, slab in
      append(slab.thresholded(at: level))
      guard runs.count > limit else { return }
      throw InputError(
        name,
        "has more than \(limit) runs of voxels above the threshold in its first "
          + "\(planes.upperBound.counted("plane")), but no more fit in the memory: most are noise, "
          + "so check the model and the threshold", advice: .allowMemory)
    }
  }
}

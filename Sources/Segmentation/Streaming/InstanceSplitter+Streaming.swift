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
  ///   - bytes: Memory for the box of a part.
  ///   - slabBytes: Memory for a slab.
  /// - Throws: `InputError` if a connected part of the foreground is too large to be split.
  package func instances(
    in mask: MaskRuns, centers: [VoxelIndex], voxelSize: VoxelSize, name: String, bytes: Int,
    slabBytes: Int
  ) throws -> RunInstances {
    let parts = MaskParts(parameters.fillsHoles ? mask.fillingHoles() : mask)
    if parameters.splitting == .components {
      let objects = (0..<parts.count).map { parts.runs(of: $0 + 1) }
      return finished(objects, uncentered: [], extent: mask.extent, voxelSize: voxelSize)
    }
    let distance = try Volume<Bool>.distanceTransform(
      of: parts.mask, voxelSize: voxelSize, bytes: slabBytes)
    let found =
      parameters.splitting == .watershed ? [] : centers.filter { parts.part(at: $0) != nil }
    var markers = PartMarkers(parts)
    markers.mark(found)
    let centered = markers.count
    if parameters.splitting == .watershed {
      markers.mark(try maxima(of: distance, in: parts, bytes: slabBytes) { _ in true })
    } else {
      markers.mark(
        try markersWithoutCenter(
          markers, parts, centers: found, distance: distance, bytes: slabBytes))
    }
    let objects = try split(
      parts, markers, distance, name: name, bytes: bytes, batchBytes: slabBytes)
    let uncentered =
      parameters.splitting == .watershed || markers.count == centered
      ? [] : Set(centered + 1...markers.count)
    return finished(objects, uncentered: uncentered, extent: mask.extent, voxelSize: voxelSize)
  }

  /// As the markers of a mask in memory.
  private func markersWithoutCenter(
    _ markers: PartMarkers, _ parts: MaskParts, centers: [VoxelIndex],
    distance: ScratchVolume<Float>, bytes: Int
  ) throws -> [VoxelIndex] {
    let isCentered = (0...parts.count).map { !markers[$0].isEmpty }
    var found: [VoxelIndex] = []
    if parameters.splitting == .combined {
      let voxelSize = distance.voxelSize ?? .unit
      found = try maxima(of: distance, in: parts, bytes: bytes) { isCentered[$0] }
        .filter { maximum in
          let radius = Double(try distance[maximum])
          return centers.allSatisfy { voxelSize.distance($0, maximum) > radius }
        }
    }
    switch parameters.uncentered {
    case .drop: return found
    case .keep:
      return found
        + (1..<parts.count + 1).filter { !isCentered[$0] }.map { part in
          let first = parts.runs(of: part)[0]
          return VoxelIndex(z: Int(first.z), y: Int(first.y), x: Int(first.first))
        }
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

  /// The centers in an NDN's probability, in about `bytes` of memory; the same as
  /// ``centers(in:threshold:voxelSize:)``.
  package func centers(
    in probability: any PlaneSource<Float>, threshold: Float, voxelSize: VoxelSize, bytes: Int
  ) throws -> [VoxelIndex] {
    let candidates = try MaskRuns(probability, atLeast: threshold, bytes: bytes)
    switch parameters.centerRule {
    case .components:
      var forest = RunForest(candidates)
      forest.join(.corners)
      let (numbers, count) = forest.componentNumbers()
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

  /// The runs of every marker's part of the foreground, by the markers' numbers.
  private func split(
    _ parts: MaskParts, _ markers: PartMarkers, _ distance: ScratchVolume<Float>, name: String,
    bytes: Int, batchBytes: Int
  ) throws -> [[LabelRun]] {
    var objects = [[LabelRun]](repeating: [], count: Int(markers.count))
    var batch: [(flood: PartFlood, distance: Volume<Float>)] = []
    var taken = 0
    func flood() {
      let jobs = batch
      for labeled in Parallel.map(jobs.count, { jobs[$0].flood.labeled(jobs[$0].distance) }) {
        for (label, runs) in labeled { objects[Int(label) - 1] = runs }
      }
      batch = []
      taken = 0
    }
    for number in 1..<parts.count + 1 {
      let own = markers[number]
      // Without a marker a part is background, and a single one has all of it.
      if own.count == 1 { objects[Int(own[0].label) - 1] = parts.runs(of: number) }
      if own.count < 2 { continue }
      let part = PartFlood(parts.runs(of: number), markers: own)
      guard part.bytes <= bytes else {
        throw InputError(
          name,
          "has a connected part of the foreground of \(part.window.extent) voxels (z, y, x), which "
            + "needs \(ByteCount.rounded(part.bytes)) more to be split, but "
            + "\(ByteCount.rounded(bytes)) are left",
          advice: .allowMemory)
      }
      if taken + part.bytes > batchBytes { flood() }
      batch.append((part, try distance.box(part.window)))
      taken += part.bytes
    }
    flood()
    return objects
  }

  /// The nuclei without small objects, numbered by position.
  private func finished(
    _ objects: [[LabelRun]], uncentered: Set<UInt32>, extent: Extent, voxelSize: VoxelSize
  ) -> RunInstances {
    var atBorder: Set<UInt32> = []
    var labeled: [LabeledObject] = []
    for (index, runs) in objects.enumerated() where !runs.isEmpty {
      let label = UInt32(index + 1)
      var sums = ObjectSums()
      for run in runs {
        sums.add(z: Int(run.z), y: Int(run.y), first: Int(run.first), last: Int(run.end) - 1)
      }
      labeled.append(sums.object(label))
      if BoundingBox(runs[...]).touchesBorder(of: extent) { atBorder.insert(label) }
    }
    let order = kept(of: labeled, atBorder: atBorder, uncentered: uncentered, voxelSize: voxelSize)
    return RunInstances(
      runs: LabeledRuns(
        objects: order.map { objects[Int($0) - 1] }, extent: extent, voxelSize: voxelSize),
      isUncentered: order.map(uncentered.contains))
  }
}

/// The markers of the parts of a mask, numbered from 1 in the order in which they are set.
private struct PartMarkers {
  private let parts: MaskParts
  private var ofPart: [[(voxel: VoxelIndex, label: UInt32)]]
  private var taken: Set<VoxelIndex> = []
  /// The number of markers.
  private(set) var count: UInt32 = 0

  init(_ parts: MaskParts) {
    self.parts = parts
    ofPart = Array(repeating: [], count: parts.count + 1)
  }

  /// Sets a marker at every voxel that has none.
  mutating func mark(_ voxels: [VoxelIndex]) {
    for voxel in voxels where taken.insert(voxel).inserted {
      count += 1
      if let part = parts.part(at: voxel) { ofPart[part].append((voxel, count)) }
    }
  }

  /// The markers in a part, counted from 1.
  subscript(part: Int) -> [(voxel: VoxelIndex, label: UInt32)] { ofPart[part] }
}

extension MaskRuns {
  /// Where the value reaches `level`, read in about `bytes` of memory.
  init(_ source: any PlaneSource<Float>, atLeast level: Float, bytes: Int) throws {
    self.init(planesOf: source.extent, voxelSize: source.voxelSize)
    try source.forEachSlab(of: source.extent.planes(in: bytes, bytesPerVoxel: 12)) {
      append($1.thresholded(at: level))
    }
  }
}

import Compute

extension Volume<Float> {
  /// The voxels above `threshold` that are greatest within `radius` µm, highest first, those of
  /// equal height in scan order (z, y, x); no two of them are closer than `radius`.
  ///
  /// A voxel counts when no voxel at a distance of at most `radius` is higher; the border of the
  /// volume cuts the ellipsoid off. Connected (26) voxels of equal height give one maximum, the one
  /// nearest to their centroid. Then maxima are taken from the highest down, and those closer than
  /// `radius` to one already taken are dropped. NaN is never a maximum.
  ///
  /// With a `mask` or `labels`, voxels where they are false or 0 neither count nor compete, and
  /// voxels of different labels do not compete with each other. Where heights differ this is
  /// `skimage.feature.peak_local_max` with a ball as footprint, `p_norm=2`, `exclude_border=False`.
  /// Time grows with the number of voxels above the threshold, and for plateaus with the ellipsoid.
  public func localMaxima(
    radius: Double, voxelSize: VoxelSize, threshold: Float, mask: Volume<Bool>? = nil,
    labels: LabelVolume? = nil
  ) -> [VoxelIndex] {
    precondition(
      mask.map { $0.extent == extent } ?? true, "the mask is not as large as the volume, \(extent)")
    precondition(
      labels.map { $0.extent == extent } ?? true,
      "the labels are not as large as the volume, \(extent)")
    var maxima = LocalMaxima(
      extent: extent, radius: radius, voxelSize: voxelSize, threshold: threshold)
    maxima.search(self, from: 0, planes: 0..<extent.depth, mask: mask, labels: labels)
    return maxima.found()
  }
}

/// Looks for local maxima slab by slab; ``Volume/localMaxima(radius:voxelSize:threshold:mask:labels:)``
/// says what they are.
package struct LocalMaxima {
  private let extent: Extent
  private let radius: Double
  private let voxelSize: VoxelSize
  private let threshold: Float
  private let ellipsoid: Ellipsoid
  /// The voxels that no other one exceeds, in scan order.
  private var candidates: [Plateaus.Peak] = []

  /// No maxima yet, of a volume of these extents.
  package init(extent: Extent, radius: Double, voxelSize: VoxelSize, threshold: Float) {
    precondition(voxelSize.isValid, "a voxel of \(voxelSize) is impossible")
    precondition(radius >= 0, "a radius of \(radius) µm is negative")
    self.extent = extent
    self.radius = radius
    self.voxelSize = voxelSize
    self.threshold = threshold
    ellipsoid = Ellipsoid(radius: radius, voxelSize: voxelSize, extent: extent)
  }

  /// The planes on either side that a search in some planes looks at.
  package var margin: Int {
    min(Int(clamped: min(radius / voxelSize.z, 1e9).rounded(.down)) + 1, max(0, extent.depth - 1))
  }

  /// Searches the next planes, in a slab that begins with plane `first` of the volume and holds the
  /// margin around them.
  package mutating func search(
    _ slab: Volume<Float>, from first: Int, planes: Range<Int>, mask: Volume<Bool>?,
    labels: LabelVolume? = nil
  ) {
    let search = MaximumSearch(
      values: slab.voxels, extent: slab.extent, threshold: threshold, mask: mask?.voxels,
      labels: labels?.voxels, steps: ellipsoid.steps,
      pyramid: ellipsoid.isComplete
        ? nil : MaximumPyramid(slab, mask: mask?.voxels, radius: radius, voxelSize: voxelSize))
    let before = first * extent.height * extent.width
    for part in Parallel.map(
      planes.count,
      {
        search.candidates(plane: planes.lowerBound - first + $0)
      })
    {
      candidates += part.map { offset in
        Plateaus.Peak(
          offset: before + offset, height: slab.voxels[offset], label: labels?.voxels[offset] ?? 0)
      }
    }
  }

  /// The maxima of all planes, highest first.
  package func found() -> [VoxelIndex] {
    let peaks = Plateaus(extent: extent, voxelSize: voxelSize).representatives(of: candidates)
    return spaced(peaks.sorted { ($1.height, $0.offset) < ($0.height, $1.offset) })
  }

  /// Drops every maximum closer than the radius to an earlier one of the same label.
  private func spaced(_ peaks: [Plateaus.Peak]) -> [VoxelIndex] {
    var taken: [(index: VoxelIndex, label: UInt32)] = []
    // Those closer than the radius lie in the same cell of this size or in one beside it.
    var cells: [VoxelIndex: [Int]] = [:]
    let edge = radius * (1 + 1e-9)
    func cell(_ index: Int, _ axis: Axis) -> Int {
      edge > 0 ? Int(clamped: (Double(index) * voxelSize[axis] / edge).rounded(.down)) : index
    }
    for peak in peaks {
      let index = extent.index(ofVoxel: peak.offset)
      let own = VoxelIndex(z: cell(index.z, .z), y: cell(index.y, .y), x: cell(index.x, .x))
      let isFree = own.surroundings.allSatisfy { cell in
        (cells[cell] ?? []).allSatisfy {
          taken[$0].label != peak.label
            || taken[$0].index.squaredDistance(to: index, voxelSize: voxelSize) >= radius * radius
        }
      }
      if isFree {
        cells[own, default: []].append(taken.count)
        taken.append((index, peak.label))
      }
    }
    return taken.map(\.index)
  }
}

extension VoxelIndex {
  /// The index and the 26 around it.
  fileprivate var surroundings: [VoxelIndex] {
    (-1...1).flatMap { dz in
      (-1...1).flatMap { dy in
        (-1...1).map { VoxelIndex(z: z + dz, y: y + dy, x: x + $0) }
      }
    }
  }
}

/// Looks for voxels that are greatest within an ellipsoid.
private struct MaximumSearch: Sendable {
  let values: [Float]
  let extent: Extent
  let threshold: Float
  let mask: [Bool]?
  let labels: [UInt32]?
  let steps: [Ellipsoid.Step]
  /// What lies further away than the steps go.
  let pyramid: MaximumPyramid?

  /// The offsets of such voxels in a plane, in scan order.
  func candidates(plane z: Int) -> [Int] {
    var found: [Int] = []
    let plane = extent.height * extent.width
    for offset in z * plane..<(z + 1) * plane
    where values[offset] > threshold && (mask?[offset] ?? true) && labels?[offset] != 0 {
      if isGreatest(offset, z: z) { found.append(offset) }
    }
    return found
  }

  private func isGreatest(_ offset: Int, z: Int) -> Bool {
    let row = offset / extent.width
    let (y, x) = (row - z * extent.height, offset - row * extent.width)
    let height = values[offset]
    for step in steps {
      let (nz, ny, nx) = (z + step.z, y + step.y, x + step.x)
      if nz < 0 || nz >= extent.depth || ny < 0 || ny >= extent.height || nx < 0
        || nx >= extent.width
      {
        continue
      }
      let neighbor = (nz * extent.height + ny) * extent.width + nx
      if values[neighbor] > height, mask?[neighbor] ?? true,
        labels.map({ $0[neighbor] == $0[offset] }) ?? true
      {
        return false
      }
    }
    guard let pyramid else { return true }
    return !pyramid.hasHigher(
      MaximumPyramid.Query(center: VoxelIndex(z: z, y: y, x: x), height: height) { other in
        (mask?[other] ?? true) && (labels.map { $0[other] == $0[offset] } ?? true)
      })
  }
}

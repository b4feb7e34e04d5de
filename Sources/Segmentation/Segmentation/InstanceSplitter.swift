import Compute
import Microscopy

/// Splits a mask into instances: distance transform, markers, watershed, and rules for parts
/// without a center.
package struct InstanceSplitter: Sendable {
  /// The rules.
  package let parameters: SegmentationParameters

  /// A splitter by these rules.
  package init(_ parameters: SegmentationParameters) { self.parameters = parameters }

  /// The nuclei in a mask.
  ///
  /// - Parameters:
  ///   - mask: The foreground, `[z, y, x]`.
  ///   - centers: The centers that a detector found; needed for splitting by centers.
  ///   - voxelSize: In µm.
  package func instances(
    in mask: Volume<Bool>, centers: [VoxelIndex] = [], voxelSize: VoxelSize
  ) -> Instances {
    var progress = WorkSteps(of: 5)
    var mask = parameters.fillsHoles ? mask.fillingHoles() : mask
    mask.voxelSize = voxelSize
    let parts = mask.connectedComponents(.faces)
    progress.finish(1)
    if parameters.splitting == .components {
      return finished(parts, centered: .max, voxelSize: voxelSize)
    }
    let distance = mask.distanceTransform(voxelSize: voxelSize)
    progress.finish(1)
    let found =
      parameters.splitting == .watershed
      ? [] : centers.filter { mask[$0.z, $0.y, $0.x] }
    var markers = LabelVolume(repeating: 0, extent: mask.extent, voxelSize: voxelSize)
    var count: UInt32 = 0
    func mark(_ voxels: [VoxelIndex]) {
      for voxel in voxels where markers[voxel.z, voxel.y, voxel.x] == 0 {
        count += 1
        markers[voxel.z, voxel.y, voxel.x] = count
      }
    }
    mark(found)
    let centered = parameters.splitting == .watershed ? .max : count
    mark(
      parameters.splitting == .watershed
        ? maxima(of: distance, in: mask)
        : markersWithoutCenter(parts: parts, markers: markers, centers: found, distance: distance))
    progress.finish(1)
    let labels = distance.map { -$0 }.watershed(markers: markers, mask: mask)
    progress.finish(1)
    return finished(labels, centered: centered, voxelSize: voxelSize)
  }

  /// Markers of nuclei without a center: maxima of the distance map near which no center lies, if
  /// splitting is combined, and markers in parts of the foreground that hold no center.
  private func markersWithoutCenter(
    parts: LabelVolume, markers: LabelVolume, centers: [VoxelIndex], distance: Volume<Float>
  ) -> [VoxelIndex] {
    let isCentered = labelsMarked(parts, by: markers)
    func region(_ isCenteredPart: Bool) -> Volume<Bool> {
      parts.map { $0 != 0 && isCentered[Int($0)] == isCenteredPart }
    }
    var found: [VoxelIndex] = []
    if parameters.splitting == .combined {
      let voxelSize = distance.voxelSize ?? .unit
      let near = NearVoxels(centers, voxelSize: voxelSize)
      found = maxima(of: distance, in: region(true)).filter { maximum in
        // The largest ball about a maximum that fits in the mask belongs to one nucleus: a center
        // in it is the center of that nucleus.
        !near.isAny(within: Double(distance[maximum.z, maximum.y, maximum.x]), of: maximum)
      }
    }
    switch parameters.uncentered {
    case .drop: return found
    case .keep: return found + firstVoxels(of: region(false).connectedComponents(.faces))
    case .split: return found + maxima(of: distance, in: region(false))
    }
  }

  /// The centers in an NDN's probability.
  ///
  /// - Parameters:
  ///   - probability: `[z, y, x]`.
  ///   - threshold: The probability from which a voxel may be a center.
  ///   - voxelSize: In µm.
  package func centers(
    in probability: Volume<Float>, threshold: Float, voxelSize: VoxelSize
  ) -> [VoxelIndex] {
    let candidates = probability.thresholded(at: threshold)
    switch parameters.centerRule {
    case .components:
      return candidates.connectedComponents(.corners).objects().map(Self.center)
    case .maxima:
      let smooth = probability.gaussianFiltered(
        sigma: .micrometers(parameters.centerSmoothing, voxelSize: voxelSize))
      return smooth.localMaxima(
        radius: Self.radius(parameters.centerRadius, on: voxelSize), voxelSize: voxelSize,
        threshold: 0, mask: candidates)
    }
  }

  /// The voxel nearest to the centroid of an object.
  static func center(of object: LabeledObject) -> VoxelIndex {
    let centroid = object.centroid
    return VoxelIndex(
      z: Int(clamped: centroid.z.rounded()), y: Int(clamped: centroid.y.rounded()),
      x: Int(clamped: centroid.x.rounded()))
  }

  /// The radius, enlarged to contain the face neighbors on every grid: each plane would have maxima
  /// of its own if planes lay further apart than the radius.
  static func radius(_ radius: Double, on voxelSize: VoxelSize) -> Double {
    max(radius, voxelSize.x, voxelSize.y, voxelSize.z)
  }

  /// The maxima of the smoothed distance map in a mask.
  private func maxima(of distance: Volume<Float>, in mask: Volume<Bool>) -> [VoxelIndex] {
    let voxelSize = distance.voxelSize ?? .unit
    let smooth = distance.gaussianFiltered(
      sigma: .micrometers(parameters.distanceSmoothing, voxelSize: voxelSize))
    return smooth.localMaxima(
      radius: Self.radius(parameters.distanceRadius, on: voxelSize), voxelSize: voxelSize,
      threshold: 0, mask: mask)
  }

  /// Whether each label of `parts`, from 0 on, holds a marker; true for the background.
  private func labelsMarked(_ parts: LabelVolume, by markers: LabelVolume) -> [Bool] {
    var marked = [Bool](repeating: false, count: Int(parts.voxels.max() ?? 0) + 1)
    marked[0] = true
    for (part, marker) in zip(parts.voxels, markers.voxels) where marker != 0 {
      marked[Int(part)] = true
    }
    return marked
  }

  /// A voxel of every object.
  private func firstVoxels(of labels: LabelVolume) -> [VoxelIndex] {
    var next: UInt32 = 1
    var found: [VoxelIndex] = []
    // Labels are numbered in the order of their first voxels.
    for (offset, label) in labels.voxels.enumerated() where label == next {
      found.append(labels.index(ofVoxel: offset))
      next += 1
    }
    return found
  }
}

extension VoxelSize {
  /// Cubes of 1 µm.
  static let unit = VoxelSize(isotropic: 1)

  /// The distance between two voxels in µm.
  func distance(_ a: VoxelIndex, _ b: VoxelIndex) -> Double {
    let (dz, dy, dx) = (Double(a.z - b.z) * z, Double(a.y - b.y) * y, Double(a.x - b.x) * x)
    return (dz * dz + dy * dy + dx * dx).squareRoot()
  }
}

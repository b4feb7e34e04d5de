import Compute
import Microscopy

extension Degradation {
  /// The changed image with the truth on its grid.
  ///
  /// Whole levels stay whole and within 0…65535, as a camera of 16 bits writes them; images of other
  /// numbers, scaled to 0…1 say, are left with fractions and no limit. The same seed gives the same
  /// voxels.
  ///
  /// - Parameters:
  ///   - image: The microscope's levels, with their voxel size.
  ///   - truth: The true labels.
  ///   - seed: The seed of noise and hot pixels.
  public func apply(
    to image: Volume<Float>, truth: LabelVolume, seed: UInt64
  ) throws(VolumeError) -> (image: Volume<Float>, truth: LabelVolume) {
    guard let voxelSize = image.voxelSize else { throw .unknownVoxelSize }
    precondition(image.extent == truth.extent, "image and truth must have the same extent")
    let isDigital = image.voxels.allSatisfy { (0...65535).contains($0) && $0 == $0.rounded() }
    var generator = SeededGenerator(seed: seed, stream: 0xde64)
    var image = image
    var truth = truth
    switch self {
    case .none: return (image, truth)
    case .gain(let factor): image = image.map { $0 * Float(factor) }
    case .offset(let levels): image = image.map { $0 + Float(levels) }
    case .hotPixels(let share):
      let hottest = isDigital ? 65535 : 10 * (image.voxels.max() ?? 0)
      for i in image.voxels.indices where generator.chance(share) { image.voxels[i] = hottest }
    case .saturation(let fraction):
      let levels = Levels(image, truth)
      let limit = Float(levels.background + fraction * levels.signal)
      image = image.map { min($0, limit) }
    case .noise(let ratio):
      let deviation = Levels(image, truth).signal / ratio
      for i in image.voxels.indices { image.voxels[i] += Float(deviation * generator.normal()) }
    case .blur(let sigma):
      image = image.gaussianFiltered(
        sigma: .micrometers(sigma, voxelSize: voxelSize), border: .nearest)
    case .background(let factor):
      let height = factor * Levels(image, truth).signal
      let width = image.extent.width
      for i in image.voxels.indices {
        image.voxels[i] += Float(height * Double(i % width) / Double(max(1, width - 1)))
      }
    case .planes(let distance):
      var size = voxelSize
      size.z = distance
      image = try image.resampled(to: size)
      truth = truth.sampled(at: image.extent)
    case .crop(let part):
      var origin = VoxelIndex(z: 0, y: 0, x: 0)
      var extent = image.extent
      for axis in Axis.allCases {
        extent[axis] = max(1, Int((Double(image.extent[axis]) * part).rounded()))
        origin[axis] = (image.extent[axis] - extent[axis]) / 2
      }
      image = image.cropped(origin: origin, extent: extent)
      truth = truth.cropped(origin: origin, extent: extent)
    case .oneNucleus(let margin):
      guard let box = truth.boxOfLargestLabel() else { break }
      var origin = box.origin
      var extent = box.extent
      for axis in Axis.allCases {
        let rim = Int((margin / voxelSize[axis]).rounded())
        let end = min(image.extent[axis], box.origin[axis] + box.extent[axis] + rim)
        origin[axis] = max(0, box.origin[axis] - rim)
        extent[axis] = end - origin[axis]
      }
      image = image.cropped(origin: origin, extent: extent)
      truth = truth.cropped(origin: origin, extent: extent)
    case .twice:
      let most = truth.voxels.max() ?? 0
      let copy = truth.flipped(along: .y).map { $0 == 0 ? 0 : $0 + most }
      image = image.beside(image.flipped(along: .y))
      truth = truth.beside(copy)
    }
    return (isDigital ? image.map { max(0, min(65535, $0.rounded())) } : image, truth)
  }

  /// The mean levels of an image with its truth.
  private struct Levels {
    /// The median outside of nuclei.
    let background: Double
    /// The mean of nuclei above it; 1 without nuclei that are brighter.
    let signal: Double

    init(_ image: Volume<Float>, _ truth: LabelVolume) {
      var outside: [Float] = []
      var (sum, count) = (0.0, 0)
      for (level, label) in zip(image.voxels, truth.voxels) {
        if label == 0 {
          outside.append(level)
        } else {
          sum += Double(level)
          count += 1
        }
      }
      let extent = Extent(depth: 1, height: 1, width: outside.count)
      background = Volume(outside, extent: extent).percentiles([50])[0]
      let contrast = count == 0 ? 0 : sum / Double(count) - background
      signal = contrast > 0 ? contrast : 1
    }
  }
}

extension Volume {
  /// This volume and, behind its last column, another of the same extent.
  fileprivate func beside(_ other: Volume<Voxel>) -> Volume<Voxel> {
    precondition(extent == other.extent, "volumes side by side must have the same extent")
    var result: [Voxel] = []
    result.reserveCapacity(2 * extent.count)
    for start in stride(from: 0, to: extent.count, by: extent.width) {
      result += voxels[start..<start + extent.width]
      result += other.voxels[start..<start + extent.width]
    }
    var wide = extent
    wide[.x] *= 2
    return Volume(result, extent: wide, voxelSize: voxelSize)
  }
}

extension LabelVolume {
  /// The box around the label with the most voxels, the lowest of several; nil where all are 0.
  fileprivate func boxOfLargestLabel() -> (origin: VoxelIndex, extent: Extent)? {
    var counts: [UInt32: Int] = [:]
    for label in voxels where label != 0 { counts[label, default: 0] += 1 }
    let largest = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let label = largest?.key else { return nil }
    var low = VoxelIndex(z: extent.depth, y: extent.height, x: extent.width)
    var high = VoxelIndex(z: 0, y: 0, x: 0)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width where self[z, y, x] == label {
          let voxel = VoxelIndex(z: z, y: y, x: x)
          for axis in Axis.allCases {
            low[axis] = Swift.min(low[axis], voxel[axis])
            high[axis] = Swift.max(high[axis], voxel[axis])
          }
        }
      }
    }
    return (
      low,
      Extent(
        depth: high.z - low.z + 1, height: high.y - low.y + 1, width: high.x - low.x + 1)
    )
  }

  /// The label nearest to each voxel of another grid of the same field of view.
  fileprivate func sampled(at newExtent: Extent) -> LabelVolume {
    func nearest(_ axis: Axis) -> [Int] {
      let step = Double(extent[axis]) / Double(newExtent[axis])
      return (0..<newExtent[axis]).map {
        Swift.min(extent[axis] - 1, Int((Double($0) + 0.5) * step))
      }
    }
    let (rows, columns) = (nearest(.y), nearest(.x))
    var labels: [UInt32] = []
    labels.reserveCapacity(newExtent.count)
    for z in nearest(.z) {
      for y in rows {
        for x in columns { labels.append(self[z, y, x]) }
      }
    }
    var result = LabelVolume(labels, extent: newExtent)
    if var size = voxelSize {
      for axis in Axis.allCases { size[axis] *= Double(extent[axis]) / Double(newExtent[axis]) }
      result.voxelSize = size
    }
    return result
  }
}

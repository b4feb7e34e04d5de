import Compute
import Microscopy

extension Degradation {
  /// The changed image with the ground truth on its grid.
  ///
  /// Whole levels stay whole and within 0…65535, as a camera of 16 bits writes them. Images of
  /// other numbers, for example scaled to 0…1, keep their fractions and have no limit. The same
  /// seed gives the same voxels.
  ///
  /// - Parameters:
  ///   - image: The microscope's levels, with their voxel size.
  ///   - truth: The true labels.
  ///   - seed: The seed of noise and hot pixels.
  package func apply(
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
      image.addRamp(height: factor * Levels(image, truth).signal)
    case .planes(let distance):
      var size = voxelSize
      size.z = distance
      image = try image.resampled(to: size)
      truth = truth.sampled(at: image.extent)
    case .crop(let part):
      let window = image.extent.middle(part)
      image = image.cropped(to: window)
      truth = truth.cropped(to: window)
    case .oneNucleus(let margin):
      guard let window = truth.windowAroundLargestLabel(margin: margin, voxelSize: voxelSize)
      else { break }
      image = image.cropped(to: window)
      truth = truth.cropped(to: window)
    case .twice:
      let largest = truth.voxels.max() ?? 0
      let copy = truth.flipped(along: .y).map { $0 == 0 ? 0 : $0 + largest }
      image = image.beside(image.flipped(along: .y))
      truth = truth.beside(copy)
    }
    return (isDigital ? image.map { max(0, min(65535, $0.rounded())) } : image, truth)
  }

  /// The mean levels of an image, measured with its ground truth.
  private struct Levels {
    /// The median outside of nuclei.
    let background: Double
    /// The mean of the nuclei above the background; 1 if they are not brighter.
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

import Compute
import Foundation
import Microscopy

/// The samples of every epoch: a pure function of seed, epoch and position, so that any thread may
/// prepare any sample and a resumed run continues with the same ones.
package struct SampleSource: Sendable {
  /// The volumes.
  package let pairs: [VolumePair]
  private let cache: VolumeCache
  private let sampling: SamplingConfiguration
  private let augmentation: AugmentationConfiguration
  private let seed: UInt64
  private let isTraining: Bool
  /// The sum of the shares of the volumes up to and including each, 1 at the last; empty if all
  /// volumes give the same number of samples.
  private let cumulativeShares: [Double]

  /// The source of training samples: shuffled, sampled and augmented as configured.
  ///
  /// - Parameters:
  ///   - pairs: The volumes.
  ///   - configuration: Sampling, augmentation and seed.
  ///   - cache: What prepares and keeps the volumes.
  ///   - foreground: The number of foreground voxels in the target of each pair, if the number of
  ///     patches of a volume depends on it (`sampling.foreground_exponent`).
  package static func training(
    _ pairs: [VolumePair], configuration: TrainingConfiguration, cache: VolumeCache,
    foreground: [Int] = []
  ) -> SampleSource {
    precondition(
      foreground.isEmpty || foreground.count == pairs.count, "one count of foreground per pair")
    return SampleSource(
      pairs: pairs, cache: cache, sampling: configuration.sampling,
      augmentation: configuration.augmentation, seed: configuration.training.seed, isTraining: true,
      cumulativeShares: configuration.sampling.cumulativeShares(foreground: foreground))
  }

  /// The source of validation samples: every volume once, whole, in order, unchanged and neither
  /// padded nor cropped.
  package static func validation(_ pairs: [VolumePair], cache: VolumeCache) -> SampleSource {
    SampleSource(
      pairs: pairs, cache: cache, sampling: SamplingConfiguration(),
      augmentation: AugmentationConfiguration(), seed: 0, isTraining: false,
      cumulativeShares: [])
  }

  /// The samples that each volume gives in an epoch; the mean if volumes differ.
  package var samplesPerVolume: Int {
    (sampling.mode == .patches ? sampling.patchesPerVolume : 1)
      * (augmentation.flips?.variants ?? 1)
  }

  /// The samples of an epoch.
  package var count: Int { pairs.count * samplesPerVolume }

  /// The order of an epoch: the number of the sample at each position. Numbers count samples volume
  /// by volume.
  package func order(epoch: Int) -> [Int] {
    guard isTraining else { return Array(0..<count) }
    // Fisher–Yates by our own numbers: the library's shuffle may change between versions.
    var generator = SeededGenerator(seed: seed, stream: 0x5047, UInt64(epoch))
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(i, Int(clamped: generator.uniform() * Double(i + 1)))
    }
    return order
  }

  /// The sample at a position of an epoch.
  ///
  /// - Throws: `InputError`, or the error of a file that cannot be read.
  package func sample(epoch: Int, position: Int) throws -> Sample {
    precondition((0..<count).contains(position), "position \(position) of \(count) samples")
    let number = order(epoch: epoch)[position]
    let pair = pairs[volume(ofSample: number, epoch: epoch)]
    let volume = try cache.volume(pair, isFitted: isTraining)
    guard isTraining else {
      return volume.sample(in: Window(origin: .zero, extent: volume.extent))
    }
    let augmenter = Augmenter(augmentation, seed: seed, epoch: epoch, sample: number)
    let window = window(in: volume, epoch: epoch, number: number)
    let transform = augmenter.transform(extent: window.extent, voxelSize: volume.image.voxelSize)
    var sample = volume.sample(in: window, through: transform)
    augmenter.orient(&sample, variant: number % (augmentation.flips?.variants ?? 1))
    augmenter.expose(&sample.image)
    return sample
  }

  /// The index of the pair that sample `number` of an epoch comes from.
  ///
  /// If volumes differ in their shares, samples are spread over them evenly (systematic sampling):
  /// a volume's number of samples is its expectation, rounded up or down by a draw of the epoch.
  package func volume(ofSample number: Int, epoch: Int) -> Int {
    guard !cumulativeShares.isEmpty else { return number / samplesPerVolume }
    var generator = SeededGenerator(seed: seed, stream: 0x51a7, UInt64(epoch))
    let fraction = (Double(number) + generator.uniform()) / Double(count)
    return cumulativeShares.firstIndex { fraction < $0 } ?? pairs.count - 1
  }

  /// Where a sample lies in its volume.
  private func window(in volume: PreparedVolume, epoch: Int, number: Int) -> Window {
    guard sampling.mode == .patches else { return Window(origin: .zero, extent: volume.extent) }
    var generator = SeededGenerator(seed: seed, stream: 0x9a7c, UInt64(epoch), UInt64(number))
    return sampling.window(in: volume, using: &generator)
  }
}

extension SamplingConfiguration {
  /// The sum of the shares of the volumes up to and including each; empty for equal shares.
  ///
  /// Volumes without foreground count as if they had one voxel, so that they are seen too.
  fileprivate func cumulativeShares(foreground: [Int]) -> [Double] {
    guard mode == .patches, foregroundExponent > 0, !foreground.isEmpty else { return [] }
    let weights = foreground.map { pow(Double(max(1, $0)), foregroundExponent) }
    let total = weights.reduce(0, +)
    var sum = 0.0
    return weights.map { weight in
      sum += weight
      return sum / total
    }
  }
}

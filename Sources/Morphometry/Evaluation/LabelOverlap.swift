import Compute
import Microscopy

/// How the objects of two segmentations overlap: the sizes of all objects and the number of voxels
/// that each pair shares. Every score of an ``Evaluation`` derives from it.
///
/// A sparse contingency table, counted in one pass; pairs that share nothing are not stored.
public struct LabelOverlap: Hashable, Sendable {
  /// An object of one of the segmentations.
  public struct Object: Hashable, Sendable {
    /// Its label.
    public let label: UInt32
    /// The number of its voxels.
    public let voxelCount: Int
  }

  /// A true and a predicted object that share voxels.
  public struct Pair: Hashable, Sendable {
    /// The index among ``LabelOverlap/truth``.
    public let truth: Int
    /// The index among ``LabelOverlap/prediction``.
    public let prediction: Int
    /// The voxels that both hold.
    public let voxelCount: Int
  }

  /// The true objects, ordered by label.
  public let truth: [Object]
  /// The predicted objects, ordered by label.
  public let prediction: [Object]
  /// The pairs that share voxels, ordered by true and then by predicted object.
  public let pairs: [Pair]

  /// Counts the voxels of two segmentations of one extent; 0 is background in both.
  ///
  /// - Complexity: O(voxels), and O(n log n) for n pairs.
  public init(prediction: LabelVolume, truth: LabelVolume) {
    precondition(
      prediction.extent == truth.extent, "\(prediction.extent) is not \(truth.extent)")
    let (count, size) = (truth.voxels.count, 1 << 20)
    let parts = Parallel.map(count.parts(of: size)) { job in
      Self.count(
        prediction.voxels, truth.voxels, in: job * size..<min(count, (job + 1) * size))
    }
    self.init(parts.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) })
  }

  /// The table from the number of voxels of every pair of labels, true label · 2³² + predicted one.
  private init(_ counts: [UInt64: Int]) {
    var truth: [Object] = []
    var sizes: [UInt32: Int] = [:]
    var shared: [(truth: Int, label: UInt32, count: Int)] = []
    for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
      let (own, other) = (UInt32(key >> 32), UInt32(truncatingIfNeeded: key))
      if other != 0 { sizes[other, default: 0] += count }
      if own == 0 { continue }
      if let last = truth.last, last.label == own {
        truth[truth.count - 1] = Object(label: own, voxelCount: last.voxelCount + count)
      } else {
        truth.append(Object(label: own, voxelCount: count))
      }
      if other != 0 { shared.append((truth.count - 1, other, count)) }
    }
    prediction = sizes.sorted { $0.key < $1.key }.map {
      Object(label: $0.key, voxelCount: $0.value)
    }
    var indices: [UInt32: Int] = [:]
    for (index, object) in prediction.enumerated() { indices[object.label] = index }
    self.truth = truth
    pairs = shared.compactMap { truth, label, count in
      indices[label].map { Pair(truth: truth, prediction: $0, voxelCount: count) }
    }
  }

  /// The voxels of each pair of labels in a range, without those that are background in both.
  private static func count(
    _ prediction: [UInt32], _ truth: [UInt32], in range: Range<Int>
  ) -> [UInt64: Int] {
    let (prediction, truth) = (prediction.span, truth.span)
    var counts: [UInt64: Int] = [:]
    var index = range.lowerBound
    while index < range.upperBound {
      // Neighbors along x mostly agree: a run at once.
      let (own, other, first) = (truth[index], prediction[index], index)
      repeat {
        index += 1
      } while index < range.upperBound && truth[index] == own
        && prediction[index] == other
      if own == 0, other == 0 { continue }
      counts[UInt64(own) << 32 | UInt64(other), default: 0] += index - first
    }
    return counts
  }

  /// The Jaccard index of a pair: shared voxels / voxels of either, in (0, 1].
  public func jaccard(_ pair: Pair) -> Double {
    let union =
      truth[pair.truth].voxelCount + prediction[pair.prediction].voxelCount - pair.voxelCount
    return Double(pair.voxelCount) / Double(union)
  }

  /// Whether the prediction of a pair covers more than half of the true object: |P ∩ T| > |T| / 2.
  ///
  /// At most one prediction does so for each true object; one prediction may do so for several.
  public func coversMoreThanHalf(_ pair: Pair) -> Bool {
    2 * pair.voxelCount > truth[pair.truth].voxelCount
  }

  /// How the foregrounds overlap, whatever the labels.
  package var foreground: ForegroundOverlap {
    let shared = pairs.reduce(0) { $0 + $1.voxelCount }
    return ForegroundOverlap(
      truePositives: shared,
      falsePositives: prediction.reduce(0) { $0 + $1.voxelCount } - shared,
      falseNegatives: truth.reduce(0) { $0 + $1.voxelCount } - shared)
  }
}

import Compute
import Microscopy
import Morphometry
import TestSupport
import Testing

/// IoU, SEG and MUCov against sets of voxels and cases that follow by hand.
@Suite struct LabelOverlapTests {
  private static let extent = Extent(depth: 5, height: 13, width: 17)

  private static func pair(_ seed: Int) -> (prediction: LabelVolume, truth: LabelVolume) {
    var generator = SeededGenerator(seed: 77, stream: UInt64(seed))
    let truth = LabelImages.random(extent, count: 11, using: &generator)
    return (LabelImages.disturbed(truth, using: &generator), truth)
  }

  /// The voxels of each object.
  private func sets(_ volume: LabelVolume) -> [(label: UInt32, voxels: Set<Int>)] {
    Set(volume.voxels).subtracting([0]).sorted().map { label in
      (label, Set(volume.voxels.indices.filter { volume.voxels[$0] == label }))
    }
  }

  private func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  @Test(arguments: 0..<20) func equalsSetsOfVoxels(seed: Int) {
    let (prediction, truth) = Self.pair(seed)
    let overlap = LabelOverlap(prediction: prediction, truth: truth)
    let (trueSets, predictedSets) = (sets(truth), sets(prediction))
    #expect(overlap.truth.map(\.label) == trueSets.map(\.label))
    #expect(overlap.truth.map(\.voxelCount) == trueSets.map(\.voxels.count))
    #expect(overlap.prediction.map(\.label) == predictedSets.map(\.label))
    #expect(overlap.prediction.map(\.voxelCount) == predictedSets.map(\.voxels.count))
    var shared: [[Int]] = []
    for (row, a) in trueSets.enumerated() {
      for (column, b) in predictedSets.enumerated() {
        let count = a.voxels.intersection(b.voxels).count
        if count > 0 { shared.append([row, column, count]) }
      }
    }
    #expect(overlap.pairs.map { [$0.truth, $0.prediction, $0.voxelCount] } == shared)

    func jaccard(_ a: Set<Int>, _ b: Set<Int>) -> Double {
      Double(a.intersection(b).count) / Double(a.union(b).count)
    }
    func covers(_ predicted: Set<Int>, _ actual: Set<Int>) -> Bool {
      Double(predicted.intersection(actual).count) > 0.5 * Double(actual.count)
    }
    let seg = trueSets.map { actual in
      predictedSets.filter { covers($0.voxels, actual.voxels) }
        .map { jaccard($0.voxels, actual.voxels) }.max() ?? 0
    }
    let mucov = predictedSets.map { predicted in
      trueSets.filter { covers(predicted.voxels, $0.voxels) }
        .map { jaccard($0.voxels, predicted.voxels) }.max() ?? 0
    }
    #expect(overlap.segmentationScores == seg)
    #expect(overlap.coverageScores == mucov)
    #expect(abs(overlap.segmentation - mean(seg)) < 1e-15)
    #expect(abs(overlap.coverage - mean(mucov)) < 1e-15)
    #expect(
      overlap.foreground.intersectionOverUnion
        == prediction.map { $0 > 0 }.intersectionOverUnion(with: truth.map { $0 > 0 }))
  }

  /// A bar of ten voxels moved by s: Jaccard (10 − s) / (10 + s), and found while 10 − s > 5.
  @Test func movedBars() {
    let truth = LabelImages.row(
      [UInt32](repeating: 1, count: 10) + [UInt32](repeating: 0, count: 10))
    for shift in 0...10 {
      var moved = LabelVolume(repeating: 0, extent: truth.extent)
      for x in shift..<shift + 10 { moved.voxels[x] = 9 }
      let overlap = LabelOverlap(prediction: moved, truth: truth)
      let jaccard = Double(10 - shift) / Double(10 + shift)
      #expect(overlap.foreground.intersectionOverUnion == jaccard)
      #expect(overlap.segmentation == (shift < 5 ? jaccard : 0))
      #expect(overlap.coverage == (shift < 5 ? jaccard : 0))
    }
  }

  /// Two nuclei of 4 and 6 in one prediction of 10: found both, at 0.4 and 0.6; the prediction's
  /// best is 0.6. Two halves of one find nothing; a half and a bit does.
  @Test func mergedAndSplit() {
    let two = LabelImages.row([1, 1, 1, 1, 2, 2, 2, 2, 2, 2])
    let one = LabelImages.row([UInt32](repeating: 5, count: 10))
    let merged = LabelOverlap(prediction: one, truth: two)
    #expect(merged.segmentationScores == [0.4, 0.6])
    #expect(merged.coverageScores == [0.6])
    #expect(GraphOperations(merged).splits == 1)
    let split = LabelOverlap(prediction: two, truth: one)
    #expect(split.segmentationScores == [0.6])
    #expect(split.coverageScores == [0, 0.6])
    #expect(GraphOperations(split).falsePositives == 1)
    let halves = LabelOverlap(
      prediction: LabelImages.row([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]), truth: one)
    #expect(halves.segmentation == 0 && halves.coverage == 0)
    #expect(halves.foreground.intersectionOverUnion == 1)
    #expect(GraphOperations(halves).falseNegatives == 1)
  }

  /// Work is cut by size, so more voxels than a piece give the same table.
  @Test func sameTableForAnyThreadCount() {
    let extent = Extent(depth: 5, height: 512, width: 520)
    var generator = SeededGenerator(seed: 5)
    let truth = LabelVolume(
      (0..<extent.count).map { UInt32($0 / 1000 % 7) }, extent: extent)
    let prediction = LabelVolume(
      (0..<extent.count).map { _ in UInt32.random(in: 0...3, using: &generator) }, extent: extent)
    let tables = [1, 2, 5].map { threads in
      Parallel.$threads.withValue(threads) {
        LabelOverlap(prediction: prediction, truth: truth)
      }
    }
    #expect(tables[0] == tables[1] && tables[0] == tables[2])
    #expect(tables[0].pairs.count == 18)
    #expect(
      tables[0].truth.map(\.voxelCount).reduce(0, +) == truth.voxels.count { $0 > 0 })
  }

  @Test(arguments: 0..<10) func namesOfLabelsDoNotMatter(seed: Int) throws {
    var generator = SeededGenerator(seed: 78, stream: UInt64(seed))
    let (prediction, truth) = Self.pair(seed)
    func renamed(_ volume: LabelVolume) -> LabelVolume {
      let labels = volume.objects().map(\.label)
      let names = Dictionary(
        uniqueKeysWithValues: zip(labels, (1...200).shuffled(using: &generator)))
      return volume.map { label in names[label].map { UInt32($0) } ?? 0 }
    }
    let size = VoxelSize(x: 1, y: 1, z: 2)
    let before = VolumeEvaluation(
      name: "a", prediction: prediction, truth: truth, voxelSize: size, detectionRadius: 3)
    let after = VolumeEvaluation(
      name: "a", prediction: renamed(prediction), truth: renamed(truth), voxelSize: size,
      detectionRadius: 3)
    for metric in EvaluationMetric.all {
      // Sums in another order.
      #expect(
        abs(try #require(before[metric]) - (try #require(after[metric]))) < 1e-13, "\(metric)")
    }
  }

  @Test(arguments: 0..<10) func truthAgainstItselfIsPerfect(seed: Int) {
    let truth = Self.pair(seed).truth
    let volume = VolumeEvaluation(
      name: "a", prediction: truth, truth: truth, voxelSize: VoxelSize(isotropic: 1))
    for metric in EvaluationMetric.all { #expect(volume[metric] == 1, "\(metric)") }
  }

  @Test(arguments: 0..<10) func swappingSwapsPrecisionAndRecall(seed: Int) throws {
    let (prediction, truth) = Self.pair(seed)
    let size = VoxelSize(x: 1, y: 1, z: 2)
    func evaluation(_ prediction: LabelVolume, _ truth: LabelVolume) -> VolumeEvaluation {
      VolumeEvaluation(
        name: "a", prediction: prediction, truth: truth, voxelSize: size, detectionRadius: 3)
    }
    let (forward, backward) = (evaluation(prediction, truth), evaluation(truth, prediction))
    #expect(forward[.iou] == backward[.iou])
    #expect(forward[.detectionPrecision] == backward[.detectionRecall])
    #expect(forward[.detectionRecall] == backward[.detectionPrecision])
    for threshold in InstanceMatching.thresholds {
      let one = InstanceMatching(forward.overlap, threshold: threshold)
      let other = InstanceMatching(backward.overlap, threshold: threshold)
      #expect(one.precision == other.recall && one.recall == other.precision)
      #expect(one.averagePrecision == other.averagePrecision)
      #expect(abs(one.panopticQuality - other.panopticQuality) < 1e-14)
    }
    let ratio = try #require(forward[.volumeRatio])
    #expect(abs(ratio * (try #require(backward[.volumeRatio])) - 1) < 1e-14)
  }

  /// Where a nucleus and its prediction are of one size, covering is mutual, and SEG of one
  /// direction is MUCov of the other.
  @Test func swappingSwapsSEGAndMUCovOfEqualSizes() {
    var generator = SeededGenerator(seed: 79)
    let extent = Extent(depth: 1, height: 12, width: 16)
    var (truth, prediction) = (
      LabelVolume(repeating: 0, extent: extent), LabelVolume(repeating: 0, extent: extent)
    )
    for row in 0..<12 {
      let shift = Int.random(in: 0...6, using: &generator)
      for x in 0..<8 {
        if row != 3 { truth[0, row, x] = UInt32(row + 1) }
        if row < 9 { prediction[0, row, x + shift] = UInt32(row + 100) }
      }
    }
    let forward = LabelOverlap(prediction: prediction, truth: truth)
    let backward = LabelOverlap(prediction: truth, truth: prediction)
    #expect(forward.segmentation == backward.coverage)
    #expect(forward.coverage == backward.segmentation)
    #expect(forward.segmentation != forward.coverage)
  }
}

import Compute
import Microscopy
import Morphometry

/// Evaluates a segmenter on images as they are and on degraded ones.
///
/// One volume is in memory at a time.
package struct StressTest: Sendable {
  /// The result of a degradation.
  package struct Row: Sendable {
    /// The degradation.
    package let degradation: Degradation
    /// The scores of all volumes.
    package let evaluation: Evaluation

    /// A score over all volumes; nil if it is not defined.
    package subscript(metric: EvaluationMetric) -> Double? { evaluation.overall[metric] }

    /// The volumes in which as many nuclei were found as there are.
    package var exactCounts: Int {
      evaluation.volumes.count { $0.overlap.prediction.count == $0.overlap.truth.count }
    }
  }

  /// The segmenter under test.
  package let segmenter: Segmenter
  /// The changes of the images, in the order of the rows.
  package var degradations = Degradation.standard
  /// The seed of noise and hot pixels.
  package var seed: UInt64 = 0
  /// Thresholds and radii of the evaluations.
  package var parameters = Evaluation.Parameters()
  private let items: [(image: SeriesFrame, truth: SeriesFrame)]

  /// A test on these images, whose ground truth has their names.
  ///
  /// - Throws: `InputError` if an image has no ground truth.
  package init(
    _ segmenter: Segmenter, images: [ImageSeries], truth: [ImageSeries]
  ) throws(InputError) {
    self.segmenter = segmenter
    var truths: [String: SeriesFrame] = [:]
    for frame in truth.flatMap(\.frames) { truths[frame.stem] = frame }
    var items: [(SeriesFrame, SeriesFrame)] = []
    for image in images.flatMap(\.frames) {
      guard let truth = truths[image.stem] else {
        throw InputError(
          image.path, "there is no ground truth of this name (\(image.stem))",
          advice: .checkTruth)
      }
      items.append((image, truth))
    }
    self.items = items
  }

  /// The number of volumes that are segmented in all.
  package var total: Int { items.count * degradations.count }

  /// Runs all degradations.
  ///
  /// - Parameter progress: Called after every volume.
  /// - Throws: An error of one line if a volume cannot be read or segmented.
  package func run(
    progress: (_ done: Int, _ degradation: Degradation, _ name: String) -> Void = { _, _, _ in }
  ) throws -> [Row] {
    var workspace = Workspace()
    var done = 0
    return try degradations.map { degradation in
      let volumes = try items.enumerated().map { index, item in
        let volume = try evaluate(item, degradation, number: index, workspace: &workspace)
        done += 1
        progress(done, degradation, item.image.stem)
        return volume
      }
      return Row(
        degradation: degradation, evaluation: Evaluation(volumes, parameters: parameters))
    }
  }

  private func evaluate(
    _ item: (image: SeriesFrame, truth: SeriesFrame), _ degradation: Degradation, number: Int,
    workspace: inout Workspace
  ) throws -> VolumeEvaluation {
    let (image, truth) = (try item.image.read(), try item.truth.readLabels())
    guard image.extent == truth.extent else {
      throw InputError(
        item.truth.path,
        "has \(truth.extent) voxels, but its image \(item.image.path) has \(image.extent) "
          + "(z, y, x); both must cover the same grid")
    }
    do {
      let changed = try degradation.apply(
        to: image, truth: truth, seed: seed &+ UInt64(number))
      let result = try segmenter.segment(
        changed.image, name: item.image.path, workspace: &workspace)
      return VolumeEvaluation(
        name: item.image.stem, prediction: result.instances.labels, truth: changed.truth,
        voxelSize: changed.image.voxelSize, detectionRadius: parameters.detectionRadius)
    } catch let error as VolumeError {
      throw InputError(item.image.path, error.description)
    }
  }
}

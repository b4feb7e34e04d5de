import Compute
import Microscopy
import Morphometry

/// What was found in one frame, plane by plane; nothing of it is written yet.
package struct FrameResults: Sendable {
  /// The nuclei, numbered 1…n in the order of their centroids.
  package let labels: any PlaneSource<UInt32>
  /// Whether each nucleus, from label 1 on, was found without a center of the NDN.
  package let isUncentered: [Bool]
  /// The foreground before holes were filled and nuclei dropped.
  package let mask: any PlaneSource<Bool>
  /// The foreground probability; nil without a network.
  package let foregroundProbability: (any PlaneSource<Float>)?
  /// The probability of centers; nil without a detector.
  package let centerProbability: (any PlaneSource<Float>)?
  /// The measurements of the nuclei.
  package let measurements: NucleusMeasurements
  /// The SHA-256 of the image.
  package let digest: String
}

extension FrameResults {
  /// Reads, segments and measures a frame, in the memory that the segmenter may take.
  init(_ frame: SeriesFrame, by segmenter: Segmenter) throws {
    var progress = WorkSteps(of: 1)
    let plan = try segmenter.memoryPlan(of: frame)
    if case .streamed(let activations, let bytes, let runs) = plan?.way {
      self = try progress.run(0.9) {
        try StreamedSegmentation(
          segmenter: segmenter.limitingActivations(to: activations), bytes: bytes, runs: runs
        ).results(of: FramePlanes(frame), name: frame.path)
      }
      return
    }
    let image = try frame.read()
    progress.finish(0.02)
    var limited = segmenter
    if case .inMemory(let activations) = plan?.way {
      limited = segmenter.limitingActivations(to: activations)
    }
    var workspace = Workspace()
    let result = try progress.run(0.9) {
      try limited.segment(image, name: frame.path, workspace: &workspace)
    }
    self.init(
      labels: result.instances.labels, isUncentered: result.instances.isUncentered,
      mask: result.mask, foregroundProbability: result.foregroundProbability,
      centerProbability: result.centerProbability,
      measurements: try NucleusMeasurements(result.instances.labels, image: image),
      digest: try image.digest(name: frame.path))
  }
}

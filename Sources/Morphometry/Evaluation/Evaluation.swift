/// How well a set of volumes was segmented: each volume, each stage, and all of them.
public struct Evaluation: Hashable, Sendable {
  /// What may be chosen.
  public struct Parameters: Hashable, Sendable {
    /// How far matched centroids may lie apart, in µm.
    public var detectionRadius = 5.0
    /// The bins of true nuclei.
    public var stages = Stage.standard
    /// The confidence intervals.
    public var bootstrap = Bootstrap()

    /// 5 µm, the bins of ``Stage/standard``, 2000 resamples.
    public init() {}
  }

  /// The volumes of one stage.
  public struct StageSummary: Hashable, Sendable {
    /// The bin.
    public let stage: Stage
    /// The metrics of its volumes.
    public let summary: EvaluationSummary
  }

  /// What was chosen.
  public let parameters: Parameters
  /// The volumes, in the order given.
  public let volumes: [VolumeEvaluation]
  /// The metrics of all volumes.
  public let overall: EvaluationSummary
  /// The metrics by stage; a volume outside all bins is in none.
  public let stages: [StageSummary]
  /// The operations on the graphs of a tracked series, nil without tracks.
  package let tracking: GraphOperations?
  /// How the tracks of the prediction break the rules of the Cell Tracking Challenge: empty if it
  /// is valid, nil without tracks.
  package let trackViolations: [String]?
  /// What the user should know about pairs and tracks, one line each.
  public let notes: [String]
  /// Predictions that have no truth and were left out.
  public let unmatchedPredictions: [String]

  /// Summarizes volumes.
  package init(
    _ volumes: [VolumeEvaluation], tracking: GraphOperations? = nil,
    trackViolations: [String]? = nil, unmatchedPredictions: [String] = [], notes: [String] = [],
    parameters: Parameters = Parameters()
  ) {
    self.parameters = parameters
    self.volumes = volumes
    self.tracking = tracking
    self.trackViolations = trackViolations
    self.notes = notes
    self.unmatchedPredictions = unmatchedPredictions
    overall = EvaluationSummary(volumes, bootstrap: parameters.bootstrap)
    stages = parameters.stages.enumerated().map { index, stage in
      StageSummary(
        stage: stage,
        summary: EvaluationSummary(
          volumes.filter { stage.contains($0.overlap.truth.count) },
          bootstrap: parameters.bootstrap, stream: UInt64(index) + 1))
    }
  }

  /// The names of the volumes without a prediction.
  public var missingPredictions: [String] { volumes.filter(\.isMissing).map(\.label) }

  /// The stage of a volume, nil outside all bins.
  public func stage(of volume: VolumeEvaluation) -> Stage? {
    parameters.stages.first { $0.contains(volume.overlap.truth.count) }
  }
}

extension VolumeEvaluation {
  /// The name, with the frame, counted from 1, where there are several: `Emb01`, `series, frame 3`.
  public var label: String { frame.map { "\(name), frame \($0 + 1)" } ?? name }
}

extension Evaluation {
  /// All results; docs/evaluation.md describes the keys. Undefined values are `null`.
  package var json: JSONValue {
    .object(
      scores(overall.sums, tracking: tracking)
        + spread(overall)
        + counts(overall.sums) + [
          entry("ctc_valid", (trackViolations?.isEmpty).map(JSONValue.flag) ?? .null),
          entry(
            "ctc_violations", trackViolations.map { .list($0.map(JSONValue.text)) } ?? .null),
          entry("stages", .list(stages.map(json))),
          entry("volumes", .list(volumes.map(json))),
          entry("missing_predictions", .list(missingPredictions.map(JSONValue.text))),
          entry("unmatched_predictions", .list(unmatchedPredictions.map(JSONValue.text))),
          entry(
            "parameters",
            .object([
              entry("detection_radius_um", .number(parameters.detectionRadius)),
              entry(
                "stages", .list(parameters.stages.map { JSONValue.text($0.description) })),
              entry("bootstrap_resamples", .integer(parameters.bootstrap.resamples)),
              entry("bootstrap_seed", .text("\(parameters.bootstrap.seed)")),
              entry("confidence_level", .number(parameters.bootstrap.level)),
            ])),
        ])
  }

  private func json(_ part: StageSummary) -> JSONValue {
    .object(
      [
        entry("stage", .text(part.stage.description)), entry("fewest", .integer(part.stage.fewest)),
        entry("most", JSONValue(part.stage.limit)),
      ] + counts(part.summary.sums) + scores(part.summary.sums, tracking: nil)
        + spread(part.summary))
  }

  private func json(_ volume: VolumeEvaluation) -> JSONValue {
    .object(
      [
        entry("name", .text(volume.name)), entry("frame", JSONValue(volume.frame)),
        entry("stage", JSONValue(stage(of: volume)?.description)),
        entry("missing_prediction", .flag(volume.isMissing)),
      ] + counts(volume.sums).dropFirst() + scores(volume.sums, tracking: nil))
  }

  private func counts(_ sums: EvaluationSums) -> [JSONValue.Entry] {
    let foreground = sums.foreground
    return [
      entry("volume_count", .integer(sums.volumes)),
      entry("true_nuclei", .integer(sums.truthCount)),
      entry("predicted_nuclei", .integer(sums.predictionCount)),
      entry("true_voxels", .integer(foreground.truePositives + foreground.falseNegatives)),
      entry("predicted_voxels", .integer(foreground.truePositives + foreground.falsePositives)),
    ]
  }

  private func scores(
    _ sums: EvaluationSums, tracking: GraphOperations?
  ) -> [JSONValue.Entry] {
    var entries = values(radius: parameters.detectionRadius) { JSONValue(sums[$0]) }
    let operations = tracking ?? sums.operations
    entries.insert(entry("ctc_tra", JSONValue(tracking?.tracking)), at: 5)
    entries.append(
      entry(
        "ctc_operations",
        .object([
          entry("splits", .integer(operations.splits)),
          entry("false_negatives", .integer(operations.falseNegatives)),
          entry("false_positives", .integer(operations.falsePositives)),
          entry("redundant_edges", JSONValue(tracking?.redundantEdges)),
          entry("missing_edges", JSONValue(tracking?.missingEdges)),
          entry("wrong_edges", JSONValue(tracking?.wrongEdges)),
          entry("true_vertices", .integer(operations.truthVertices)),
          entry("true_edges", JSONValue(tracking?.truthEdges)),
        ])))
    return entries
  }

  private func spread(_ summary: EvaluationSummary) -> [JSONValue.Entry] {
    [
      entry(
        "standard_deviations",
        .object(
          [("iou", .iou), ("seg", .seg), ("mucov", .mucov), ("volume_ratio", .volumeRatio)].map {
            (key: String, metric: EvaluationMetric) in
            entry(key, JSONValue(summary.deviation(metric)))
          })),
      entry(
        "confidence_intervals",
        .object(
          values(radius: nil) { metric in
            summary.interval(metric).map {
              .list([.number($0.lowerBound), .number($0.upperBound)])
            } ?? .null
          })),
    ]
  }

  /// The keys of all metrics, each with what `value` says about it.
  private func values(
    radius: Double?, _ value: (EvaluationMetric) -> JSONValue
  ) -> [JSONValue.Entry] {
    func byThreshold(_ metric: (Int) -> EvaluationMetric) -> JSONValue {
      .object(EvaluationMetric.tenths.map { entry("0.\($0)", value(metric($0))) })
    }
    let detection = [
      entry("precision", value(.detectionPrecision)), entry("recall", value(.detectionRecall)),
      entry("f1", value(.detectionF1)),
    ]
    return [
      entry("iou", value(.iou)), entry("seg", value(.seg)), entry("mucov", value(.mucov)),
      entry("ctc_seg", value(.ctcSEG)), entry("ctc_det", value(.ctcDET)),
      entry("ap", byThreshold { .averagePrecision(tenths: $0) }),
      entry("f1", byThreshold { .f1(tenths: $0) }),
      entry("pq", byThreshold { .panopticQuality(tenths: $0) }),
      entry(
        "detection", .object(detection + (radius.map { [entry("radius_um", .number($0))] } ?? []))),
      entry("volume_ratio", value(.volumeRatio)),
    ]
  }

  private func entry(_ key: String, _ value: JSONValue) -> JSONValue.Entry {
    JSONValue.Entry(key, value)
  }
}

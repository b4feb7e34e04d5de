extension Evaluation {
  /// One row per volume; docs/evaluation.md describes the columns.
  public var table: Table {
    let metrics: [(String, EvaluationMetric)] =
      [
        ("iou", .iou), ("seg", .seg), ("mucov", .mucov), ("ctc_det", .ctcDET),
        ("detection_precision", .detectionPrecision), ("detection_recall", .detectionRecall),
        ("detection_f1", .detectionF1), ("volume_ratio", .volumeRatio),
      ] + EvaluationMetric.tenths.map { ("ap_0.\($0)", .averagePrecision(tenths: $0)) }
      + EvaluationMetric.tenths.map { ("f1_0.\($0)", .f1(tenths: $0)) }
      + EvaluationMetric.tenths.map { ("pq_0.\($0)", .panopticQuality(tenths: $0)) }
    var table = Table(
      columns: [
        "name", "frame", "stage", "missing_prediction", "true_nuclei", "predicted_nuclei",
        "true_voxels", "predicted_voxels",
      ] + metrics.map(\.0))
    for volume in volumes {
      let foreground = volume.sums.foreground
      let row: [Table.Value] =
        [
          .text(volume.name), volume.frame.map(Table.Value.integer) ?? .missing,
          (stage(of: volume)?.description).map(Table.Value.text) ?? .missing,
          .flag(volume.isMissing), .integer(volume.overlap.truth.count),
          .integer(volume.overlap.prediction.count),
          .integer(foreground.truePositives + foreground.falseNegatives),
          .integer(foreground.truePositives + foreground.falsePositives),
        ] + metrics.map { Table.Value(volume[$0.1]) }
      table.append(row)
    }
    return table
  }
}

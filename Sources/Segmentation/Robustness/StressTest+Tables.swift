import Foundation
import Morphometry

extension [StressTest.Row] {
  private static var metrics: [(name: String, column: String, metric: EvaluationMetric)] {
    [
      ("IoU", "iou", .iou), ("SEG", "seg", .seg), ("MUCov", "mucov", .mucov),
      ("AP 0.5", "ap_50", .averagePrecision(tenths: 5)), ("F1", "detection_f1", .detectionF1),
    ]
  }

  /// A table for people: scores, the bias of the volume, and how many volumes have the right count.
  public var text: String {
    let header = ["degradation"] + Self.metrics.map(\.name) + ["volume", "count right"]
    let rows = map { row in
      [row.degradation.description] + Self.metrics.map { Self.decimal(row[$0.metric]) }
        + [Self.bias(row[.volumeRatio]), "\(row.exactCounts) of \(row.evaluation.volumes.count)"]
    }
    return AlignedText.lines([header] + rows).map { $0 + "\n" }.joined()
  }

  /// A table for programs, as CSV.
  public var table: Table {
    var table = Table(
      columns: ["degradation", "volumes", "true_nuclei", "found_nuclei", "exact_counts"]
        + Self.metrics.map(\.column) + ["volume_ratio"])
    for row in self {
      let sums = row.evaluation.overall.sums
      table.append(
        [
          .text(row.degradation.description), .integer(row.evaluation.volumes.count),
          .integer(sums.truthCount), .integer(sums.predictionCount), .integer(row.exactCounts),
        ] + Self.metrics.map { Table.Value(row[$0.metric]) } + [Table.Value(row[.volumeRatio])])
    }
    return table
  }

  private static func decimal(_ value: Double?) -> String {
    value.map { String(format: "%.3f", $0) } ?? "–"
  }

  private static func bias(_ ratio: Double?) -> String {
    ratio.map { String(format: "%+.1f %%", 100 * ($0 - 1)) } ?? "–"
  }
}

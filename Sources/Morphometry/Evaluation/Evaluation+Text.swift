import Compute
import Foundation

extension Evaluation {
  /// The results for people: a table by stage, the overall scores with their intervals, and the
  /// scores by threshold.
  public var text: String {
    var lines = stageLines + [""] + overallLines + [""] + thresholdLines
    if let tracking {
      lines += [
        "",
        "Tracks: TRA \(Self.decimal(tracking.tracking)); AOGM \(tracking.cost): "
          + "\(tracking.splits) splits, \(tracking.falseNegatives) missed and "
          + "\(tracking.falsePositives) extra nuclei, \(tracking.missingEdges) missing, "
          + "\(tracking.redundantEdges) extra and \(tracking.wrongEdges) wrong edges",
      ]
    }
    if let trackViolations, !trackViolations.isEmpty {
      lines += ["", "Tracks: not valid (Valid 0), no TRA"]
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private var stageLines: [String] {
    let metrics: [EvaluationMetric] = [
      .iou, .seg, .mucov, .ctcSEG, .ctcDET, .averagePrecision(tenths: 5), .detectionF1,
    ]
    func row(_ name: String, _ summary: EvaluationSummary) -> [String] {
      [
        name, "\(summary.volumeCount)", "\(summary.sums.truthCount)",
        "\(summary.sums.predictionCount)",
      ] + metrics.map { Self.decimal(summary[$0]) } + [Self.bias(summary[.volumeRatio])]
    }
    return AlignedText.lines(
      [
        [
          "nuclei", "volumes", "true", "found", "IoU", "SEG", "MUCov", "CTC SEG", "CTC DET",
          "AP 0.5", "F1 \(parameters.detectionRadius) µm", "volume",
        ]
      ] + stages.filter { $0.summary.volumeCount > 0 }.map { row("\($0.stage)", $0.summary) }
        + [row("all", overall)])
  }

  private var overallLines: [String] {
    let metrics: [(String, EvaluationMetric)] = [
      ("IoU", .iou), ("SEG", .seg), ("MUCov", .mucov), ("CTC SEG", .ctcSEG), ("CTC DET", .ctcDET),
      ("precision", .detectionPrecision), ("recall", .detectionRecall), ("F1", .detectionF1),
      ("volume ratio", .volumeRatio),
    ]
    let percent = (parameters.bootstrap.level * 1000).rounded() / 10
    let interval = percent == percent.rounded() ? "\(Int(clamped: percent))" : "\(percent)"
    return AlignedText.lines(
      [["overall", "value", "\(interval) % interval", "SD of volumes"]]
        + metrics.map { name, metric in
          let bounds = overall.interval(metric).map {
            "\(Self.decimal($0.lowerBound))–\(Self.decimal($0.upperBound))"
          }
          return [
            name, Self.decimal(overall[metric]), bounds ?? "–",
            Self.decimal(overall.deviation(metric)),
          ]
        })
  }

  private var thresholdLines: [String] {
    let rows: [(String, (Int) -> EvaluationMetric)] = [
      ("AP", { .averagePrecision(tenths: $0) }), ("F1", { .f1(tenths: $0) }),
      ("PQ", { .panopticQuality(tenths: $0) }),
    ]
    return AlignedText.lines(
      [["at IoU"] + EvaluationMetric.tenths.map { "0.\($0)" }]
        + rows.map { name, metric in
          [name] + EvaluationMetric.tenths.map { Self.decimal(overall[metric($0)]) }
        })
  }

  /// Three decimals, or a dash for what is not defined.
  static func decimal(_ value: Double?) -> String {
    value.map { String(format: "%.3f", $0) } ?? "–"
  }

  /// How much too large a volume is: `+3.2 %`.
  private static func bias(_ ratio: Double?) -> String {
    ratio.map { String(format: "%+.1f %%", 100 * ($0 - 1)) } ?? "–"
  }
}

import Morphometry

/// A table that a job keeps complete: one file, or one for each series.
package struct JobTable: Hashable, Sendable {
  /// The name, under which the rows of a frame are recorded.
  package let name: String
  /// The file's name.
  package let fileName: String
  /// The first line.
  package let header: String
  /// Whether there is a file for each series where there are several: `<series>/<file>`.
  package let isPerSeries: Bool

  /// The tables of a job of these settings.
  static func tables(of settings: JobSettings) -> [JobTable] {
    switch settings.command {
    case "segment": ofMeasurements(hasIntensity: true, extraColumns: segmentationColumns)
    case "measure": ofMeasurements(hasIntensity: settings.values[intensities] == "true")
    default: []
    }
  }

  /// The setting that tells whether intensities are measured.
  static let intensities = "intensities"
  /// The columns that a segmentation adds to `nuclei.csv`.
  static let segmentationColumns = ["without_center"]

  /// The tables of measured frames.
  private static func ofMeasurements(
    hasIntensity: Bool, extraColumns: [String] = []
  ) -> [JobTable] {
    let nuclei = NucleiTable(hasIntensity: hasIntensity, extraColumns: extraColumns)
    return [
      JobTable(
        name: "nuclei", fileName: "nuclei.csv", header: nuclei.table.headerLine,
        isPerSeries: false)
    ]
      + CriteriaTable.Kind.allCases.map {
        JobTable(
          name: $0.name, fileName: $0.fileName, header: CriteriaTable($0).table.headerLine,
          isPerSeries: true)
      }
  }

  /// The rows of a frame for each of these tables, by their names.
  package static func rows(
    of measurements: NucleusMeasurements, series: String, time: Int, seconds: Double?,
    hasIntensity: Bool, extraColumns: [String] = [],
    extra: (NucleusMeasurement) -> [Table.Value] = { _ in [] }
  ) -> [String: String] {
    var nuclei = NucleiTable(hasIntensity: hasIntensity, extraColumns: extraColumns)
    nuclei.append(measurements, series: series, frame: time, time: seconds, extra: extra)
    var rows = ["nuclei": nuclei.table.rowLines]
    let summary = FrameCriteria(measurements)
    for kind in CriteriaTable.Kind.allCases {
      var table = CriteriaTable(kind)
      table.append(summary, timePoint: time)
      rows[kind.name] = table.table.rowLines
    }
    return rows
  }
}

extension CriteriaTable.Kind {
  fileprivate var name: String { self == .original ? "criteria" : "criteria_v2" }
}

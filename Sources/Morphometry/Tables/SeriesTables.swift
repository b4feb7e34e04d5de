import Compute
import Foundation
import Microscopy

/// The tables of a run over one or several series: `nuclei.csv`, `criteria.csv`, `criteria_v2.csv`.
///
/// Frames are appended as they come. `nuclei.csv` holds all series, told apart by its first column;
/// the criteria, whose columns are fixed by the programs that read them, get a folder per series
/// where there are several: `<folder>/<series>/criteria.csv`.
public struct SeriesTables: Sendable {
  private var nuclei: NucleiTable
  private let series: [String]
  private var criteria: [String: [CriteriaTable]]

  /// Empty tables.
  ///
  /// - Parameters:
  ///   - series: The names of all series, in order.
  ///   - hasIntensity: Whether raw images are measured.
  ///   - extraColumns: Columns of the caller's in `nuclei.csv`.
  public init(series: [String], hasIntensity: Bool, extraColumns: [String] = []) {
    self.series = series
    nuclei = NucleiTable(hasIntensity: hasIntensity, extraColumns: extraColumns)
    criteria = Dictionary(
      series.map { ($0, CriteriaTable.Kind.allCases.map(CriteriaTable.init)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Appends a frame.
  ///
  /// - Parameters:
  ///   - measurements: The frame's.
  ///   - name: The series, one of the names given at the start.
  ///   - time: The time number.
  ///   - seconds: Seconds from the series' first frame, nil where the interval is unknown.
  ///   - extra: The values of the caller's columns for a nucleus.
  public mutating func append(
    _ measurements: NucleusMeasurements, series name: String, time: Int, seconds: Double?,
    extra: (NucleusMeasurement) -> [Table.Value] = { _ in [] }
  ) {
    precondition(criteria[name] != nil, "\(name) is none of the series")
    nuclei.append(measurements, series: name, frame: time, time: seconds, extra: extra)
    let summary = FrameCriteria(measurements)
    for kind in CriteriaTable.Kind.allCases.indices {
      criteria[name]?[kind].append(summary, timePoint: time)
    }
  }

  /// Writes the tables into a folder that exists; each file appears whole or not at all.
  public func write(to folder: String) throws {
    try nuclei.write(to: folder + "/nuclei.csv")
    // Series that the run did not come to leave no empty tables.
    for name in series where series.count == 1 || criteria[name]?.first?.table.rows.isEmpty == false
    {
      let path = series.count == 1 ? folder : folder + "/" + name
      try FileSystem.makeFolder(path)
      for table in criteria[name] ?? [] { try table.write(to: path + "/" + table.kind.fileName) }
    }
  }
}

import Compute
import Foundation
import Microscopy
import Morphometry

/// Measures series of label volumes frame by frame and writes `nuclei.csv`, `criteria.csv` and
/// `criteria_v2.csv`.
///
/// One frame is in memory at a time. A frame that fails is reported and left out; the others go on.
public struct MeasurementRun: Sendable {
  /// What happens while it runs.
  public enum Event: Sendable {
    /// A frame is done: how many of all, its name, its nuclei.
    case frame(done: Int, total: Int, name: String, nuclei: Int)
    /// A frame failed.
    case failure(done: Int, total: Int, error: any Error)
  }

  /// What became of a series.
  public struct Summary: Sendable, Hashable {
    /// The name of the series.
    public let series: String
    /// The frames that were measured.
    public var frames = 0
    /// The frames that failed.
    public var failures = 0
    /// The nuclei of each measured frame, in order of time.
    public var counts: [Int] = []
    /// The sum of the nuclei's volumes in µm³, over all frames.
    public var volume = 0.0
  }

  /// The series.
  public let series: [MeasurementSeries]
  /// The folder for the tables.
  public let output: String

  /// A run; nothing is read or written yet.
  public init(_ series: [MeasurementSeries], output: String) {
    self.series = series
    self.output = output
  }

  /// Measures all frames, or those up to the first one before which `shouldStop` says so, and writes
  /// the tables.
  ///
  /// - Returns: what became of each series that was begun.
  /// - Throws: an error of one line where the tables cannot be written.
  public func run(
    shouldStop: () -> Bool = { false }, report: (Event) -> Void = { _ in }
  ) throws -> [Summary] {
    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    } catch {
      throw InputError(output, "the folder cannot be made", advice: .chooseOutput)
    }
    let hasIntensity = series.contains { $0.frames.contains { $0.image != nil } }
    var tables = SeriesTables(series: series.map(\.name), hasIntensity: hasIntensity)
    var summaries: [Summary] = []
    let total = series.reduce(0) { $0 + $1.frames.count }
    var done = 0
    for one in series {
      var summary = Summary(series: one.name)
      for frame in one.frames where !shouldStop() {
        done += 1
        do {
          let measurements = try measure(frame)
          append(measurements, of: frame, in: one, to: &tables)
          summary.frames += 1
          summary.counts.append(measurements.nuclei.count)
          summary.volume += measurements.nuclei.reduce(0) { $0 + $1.volume }
          report(
            .frame(
              done: done, total: total, name: frame.labels.stem, nuclei: measurements.nuclei.count
            ))
        } catch {
          summary.failures += 1
          report(.failure(done: done, total: total, error: error))
        }
      }
      summaries.append(summary)
    }
    try tables.write(to: output)
    return summaries
  }

  private func measure(_ frame: MeasurementFrame) throws -> NucleusMeasurements {
    let (labels, image) = try frame.read()
    return try NucleusMeasurements(labels, image: image)
  }

  private func append(
    _ measurements: NucleusMeasurements, of frame: MeasurementFrame,
    in series: MeasurementSeries, to tables: inout SeriesTables
  ) {
    let time = frame.labels.time
    let first = series.frames.first?.labels.time ?? time
    tables.append(
      measurements, series: series.name, time: time,
      seconds: series.frameInterval.map { $0 * Double(time - first) })
  }
}

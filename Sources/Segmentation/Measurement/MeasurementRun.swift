import Compute
import Foundation
import Microscopy
import Morphometry

/// Measures series of label volumes frame by frame and writes `nuclei.csv`, `criteria.csv` and
/// `criteria_v2.csv`.
///
/// One frame is in memory at a time. A frame that fails is reported and left out; the others go on.
package struct MeasurementRun: Sendable {
  /// The outcome of a series.
  package struct Summary: Sendable {
    /// The name of the series.
    package let series: String
    /// The frames that were measured.
    package var frames = 0
    /// The frames that failed.
    package var failures = 0
    /// The nuclei of each measured frame, in order of time.
    package var counts: [Int] = []
    /// The sum of the nuclei's volumes in µm³, over all frames.
    package var volume = 0.0
    /// Label images that look like masks, by the names of their frames.
    package var masks: [(frame: String, notice: MaskNotice)] = []
  }

  /// The series.
  package let series: [MeasurementSeries]
  /// The folder for the tables.
  package let output: String

  /// A run; nothing is read or written yet.
  package init(_ series: [MeasurementSeries], output: String) {
    self.series = series
    self.output = output
  }

  /// Measures all frames, or until `shouldStop` returns true, and writes the tables. A frame that
  /// takes longer is given up.
  ///
  /// - Parameters:
  ///   - shouldStop: Asked again and again.
  ///   - report: Called after every frame.
  /// - Returns: The outcome of each series.
  /// - Throws: An error of one line if the tables cannot be written.
  package func run(
    shouldStop: () -> Bool = { false }, report: (FrameEvent) -> Void = { _ in }
  ) throws -> [Summary] {
    let frames = series.flatMap(\.frames)
    let protected = ProtectedInputs(
      frames.map(\.labels.path) + frames.compactMap { $0.image?.path })
    for name in ["nuclei.csv", "criteria.csv", "criteria_v2.csv"] {
      try protected.check("\(output)/\(name)", as: .file)
    }
    try Folder.make(output)
    let hasIntensity = series.contains { $0.frames.contains { $0.image != nil } }
    var tables = SeriesTables(series: series.map(\.name), hasIntensity: hasIntensity)
    var summaries: [Summary] = []
    let total = series.reduce(0) { $0 + $1.frames.count }
    var done = 0
    for specimen in series {
      var summary = Summary(series: specimen.name)
      for frame in specimen.frames where !shouldStop() {
        done += 1
        do {
          guard
            let measured = try BackgroundWork.result(
              until: shouldStop, { try MeasuredFrame(frame) })
          else { continue }
          let measurements = measured.measurements
          if let notice = measured.mask { summary.masks.append((frame.labels.stem, notice)) }
          append(measurements, of: frame, in: specimen, to: &tables)
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

/// The measurements of one frame.
private struct MeasuredFrame: Sendable {
  let measurements: NucleusMeasurements
  /// Set if the labels look like a mask.
  let mask: MaskNotice?

  /// Reads and measures a frame.
  init(_ frame: MeasurementFrame) throws {
    let (labels, image) = try frame.read()
    measurements = try NucleusMeasurements(labels, image: image)
    mask = MaskNotice(labels)
  }
}

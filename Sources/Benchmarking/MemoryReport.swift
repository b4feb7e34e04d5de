import Compute
import Foundation
import Morphometry
import Networks
import Segmentation
import Tensors

/// The table of `MemoryBenchmark`.
package struct MemoryReport: Sendable {
  /// The machine and the engine.
  package let machine: BenchmarkMachine
  /// The network.
  package let kind: Model.Kind
  /// The cases in the order they were measured.
  package let rows: [MemoryBenchmark.Row]

  /// The table for people.
  package var text: String {
    let areCubes = rows.allSatisfy { $0.extents == SpatialAxes($0.extents.depth) }
    var cells = [
      [
        "", areCubes ? "size" : "size (z×y×x)", "seconds", "GFLOP/s", "expected", "process",
        "measured", "per voxel", "ratio",
      ]
    ]
    for row in rows {
      let known = [
        row.work.rawValue, BenchmarkReport.cube(row.extents),
      ]
      let expected = ByteCount.rounded(row.predictedBytes)
      guard let result = row.result else {
        cells.append(known + ["", "", expected, "", "not run", "", ""])
        continue
      }
      let measured = result.peakBytes
      let voxels = Double(row.extents.product)
      cells.append(
        known + [
          BenchmarkReport.seconds(result.secondsMinimum),
          BenchmarkReport.rate(1e9 * result.gigaflops), expected,
          result.processBytes.map(ByteCount.rounded) ?? "–",
          measured.map(ByteCount.rounded) ?? "–",
          measured.map { String(format: "%.0f B", Double($0) / voxels) } ?? "–",
          Self.ratio(row).map { String(format: "%.2f", $0) } ?? "–",
        ])
    }
    var notes: [String] = []
    if rows.contains(where: { $0.result == nil }) {
      notes = ["", "not run: more is expected than this machine has available"]
    }
    let lines =
      [
        machine.text, "",
        "\(kind.rawValue): memory expected for the network, held by the process before it, and "
          + "measured at most;", "ratio = measured / (expected + process)", "",
      ] + AlignedText.lines(cells) + notes
    return lines.map { $0 + "\n" }.joined()
  }

  /// The table as JSON. The numbers outside `runs` are those of the largest run.
  package var json: JSONValue {
    let measured = rows.filter { $0.result != nil }
    let largest = measured.max { ($0.result?.peakBytes ?? 0) < ($1.result?.peakBytes ?? 0) }
    return .object(
      [
        JSONValue.Entry("what", .text("memory")), JSONValue.Entry("network", .text(kind.rawValue)),
      ] + machine.entries + (largest?.result?.entries ?? []) + [
        JSONValue.Entry("runs", .list(rows.map(Self.json))),
        JSONValue.Entry("layers", .list([])),
      ])
  }

  private static func json(_ row: MemoryBenchmark.Row) -> JSONValue {
    .object(
      [
        JSONValue.Entry("what", .text(row.work.rawValue)),
        JSONValue.Entry("size", BenchmarkReport.axes(row.extents)),
        JSONValue.Entry("predicted_memory_bytes", .integer(row.predictedBytes)),
        JSONValue.Entry("measured_to_predicted", JSONValue(ratio(row))),
      ] + (row.result?.entries ?? []))
  }

  /// Measured to expected memory, including that of the process before the network.
  private static func ratio(_ row: MemoryBenchmark.Row) -> Double? {
    guard let result = row.result, let peak = result.peakBytes else { return nil }
    return Double(peak) / Double(row.predictedBytes + (result.processBytes ?? 0))
  }
}

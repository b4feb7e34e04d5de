import Compute
import Morphometry
import Networks
import Segmentation
import Tensors

/// Measures the memory and time that networks take, by volume size.
///
/// Each case needs a process of its own, because the peak memory of a process never falls. The
/// caller starts the processes.
package struct MemoryBenchmark: Sendable {
  /// What one process measures.
  package struct Case: Sendable {
    /// The published network.
    package let kind: Model.Kind
    /// Inference or training.
    package let work: BenchmarkReport.Work
    /// The extents of the input.
    package let extents: SpatialAxes
    /// The number of timed runs, after one to warm up.
    package let repetitions: Int

    /// The case in words: `nsn, inference at 128³`.
    package var name: String {
      "\(kind.rawValue), \(work.rawValue) at \(BenchmarkReport.cube(extents))"
    }
  }

  /// One row of the table.
  package struct Row: Sendable {
    /// Inference or training.
    package let work: BenchmarkReport.Work
    /// The extents of the input.
    package let extents: SpatialAxes
    /// The bytes that the architecture is expected to take, without the process itself.
    package let predictedBytes: Int
    /// The results of the process; nil if it was not run for lack of memory.
    package let result: BenchmarkRun?
  }

  /// The published network.
  package let kind: Model.Kind
  /// The extents to measure.
  package let sizes: [SpatialAxes]
  /// Inference, training or both.
  package let works: [BenchmarkReport.Work]
  /// The number of timed runs of each case, after one to warm up.
  package let repetitions: Int

  /// A benchmark of these cases.
  package init(
    _ kind: Model.Kind, sizes: [SpatialAxes], works: [BenchmarkReport.Work],
    repetitions: Int
  ) {
    precondition(
      !works.contains(.convolution), "the memory of single convolutions is not predicted")
    self.kind = kind
    self.sizes = sizes
    self.works = works
    self.repetitions = repetitions
  }

  /// Runs every case that fits the memory of this machine.
  ///
  /// - Parameters:
  ///   - report: Called before each case.
  ///   - measure: Runs one case in a new process and returns its results.
  /// - Throws: The errors of `measure`.
  package func run(
    report: (_ done: Int, _ total: Int, _ name: String) -> Void = { _, _, _ in },
    measure: (Case) throws -> BenchmarkRun
  ) throws -> MemoryReport {
    let architecture = kind.architecture
    let cases = works.flatMap { work in sizes.map { (work, $0) } }
    var rows: [Row] = []
    for (done, (work, extents)) in cases.enumerated() {
      report(done, cases.count, "\(work.rawValue), \(BenchmarkReport.cube(extents))")
      let bytes = BenchmarkNetwork.predictedBytes(architecture, extents: extents, work: work)
      let fits = bytes <= ProcessMemory.availableBytes ?? ProcessMemory.machineBytes
      rows.append(
        Row(
          work: work, extents: extents, predictedBytes: bytes,
          result: fits
            ? try measure(
              Case(kind: kind, work: work, extents: extents, repetitions: repetitions)) : nil))
    }
    return MemoryReport(machine: .current, kind: kind, rows: rows)
  }
}

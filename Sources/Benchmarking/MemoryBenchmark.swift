import Compute
import Foundation
import Microscopy
import Morphometry
import Networks
import Segmentation
import Tensors

/// Measures how much memory and time networks take, each case in a process of its own: what a process
/// once held counts as its peak for ever.
public struct MemoryBenchmark: Sendable {
  /// One row of the table.
  public struct Row: Sendable {
    /// Inference or training.
    public let work: BenchmarkReport.Work
    /// The extents of the input.
    public let extents: SpatialAxes
    /// What the network's architecture lets expect, without the process itself.
    public let predictedBytes: Int
    /// What the process found; nil where it was not run, as the machine's memory would not do.
    public let result: BenchmarkRun?
  }

  /// The published network.
  public let kind: Model.Kind
  /// The extents to measure.
  public let sizes: [SpatialAxes]
  /// Inference, training or both.
  public let works: [BenchmarkReport.Work]
  /// The runs of each case, after a warm-up.
  public let repetitions: Int
  /// The program that runs one case, `morula`.
  public let executable: URL

  /// A benchmark of these cases.
  public init(
    _ kind: Model.Kind, sizes: [SpatialAxes], works: [BenchmarkReport.Work],
    repetitions: Int, executable: URL
  ) {
    precondition(
      !works.contains(.convolution), "the memory of convolutions by themselves is not predicted")
    self.kind = kind
    self.sizes = sizes
    self.works = works
    self.repetitions = repetitions
    self.executable = executable
  }

  /// Runs every case.
  public func run(
    report: (_ done: Int, _ total: Int, _ name: String) -> Void = { _, _, _ in }
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
          result: fits ? try measure(work, extents) : nil))
    }
    return MemoryReport(machine: .current, kind: kind, rows: rows)
  }

  /// One case in a new process.
  private func measure(
    _ work: BenchmarkReport.Work, _ extents: SpatialAxes
  ) throws -> BenchmarkRun {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "morula-benchmark-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = executable
    process.arguments = [
      "benchmark", work == .training ? "train" : "network", "--network", kind.rawValue, "--size",
      "\(extents.depth),\(extents.height),\(extents.width)", "--threads",
      "\(Parallel.threadCount)", "--repetitions", "\(repetitions)", "--no-layers", "--json",
      file.path,
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let name = "\(kind.rawValue), \(work.rawValue) at \(BenchmarkReport.cube(extents))"
    do {
      try process.run()
    } catch {
      throw InputError(executable.path, "cannot be started to measure \(name)")
    }
    process.waitUntilExit()
    guard process.terminationReason == .exit else {
      throw InputError(
        name,
        "the process that measured it was ended by signal \(process.terminationStatus), for "
          + "want of memory probably; leave this --size out")
    }
    guard process.terminationStatus == 0, let data = try? Data(contentsOf: file) else {
      throw InputError(
        name,
        "the process that measured it failed; run `morula benchmark "
          + "\(work == .training ? "train" : "network")` with these options to see why")
    }
    return try JSONDecoder().decode(BenchmarkRun.self, from: data)
  }
}

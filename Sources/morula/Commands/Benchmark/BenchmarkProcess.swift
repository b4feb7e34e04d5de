import Benchmarking
import Compute
import Foundation
import Microscopy

/// The command itself, started to measure one case of `morula benchmark memory`.
struct BenchmarkProcess {
  private let executable: URL

  init() throws {
    guard let executable = Bundle.main.executableURL else {
      throw InputError("morula", "its own executable cannot be found, which this benchmark runs")
    }
    self.executable = executable
  }

  /// Measures one case with the threads of this process.
  func measure(_ one: MemoryBenchmark.Case) throws -> BenchmarkRun {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "morula-benchmark-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let subcommand = one.work == .training ? "train" : "network"
    let process = Process()
    process.executableURL = executable
    process.arguments = [
      "benchmark", subcommand, "--network", one.kind.rawValue, "--size",
      "\(one.extents.width),\(one.extents.height),\(one.extents.depth)", "--threads",
      "\(Parallel.threadCount)", "--repetitions", "\(one.repetitions)", "--no-layers", "--json",
      file.path,
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw InputError(executable.path, "cannot be started to measure \(one.name)")
    }
    // The other process ends with this one.
    Interruption.listen()
    while process.isRunning {
      if let signal = Interruption.requested {
        process.terminate()
        Interruption.end(signal)
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
    guard process.terminationReason == .exit else {
      throw InputError(
        one.name,
        "the process that measured it was ended by signal \(process.terminationStatus), probably "
          + "for lack of memory; leave this --size out")
    }
    guard process.terminationStatus == 0, let data = try? Data(contentsOf: file) else {
      throw InputError(
        one.name,
        "the process that measured it failed; run `morula benchmark \(subcommand)` with these "
          + "options to see why")
    }
    return try JSONDecoder().decode(BenchmarkRun.self, from: data)
  }
}

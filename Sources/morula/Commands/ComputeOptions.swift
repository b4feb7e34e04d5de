import ArgumentParser
import Compute

/// Options of every command that computes.
struct ComputeOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("Threads to use; results are the same bits for any number.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is at least 1") }
  }

  /// Sets the number of threads of the process.
  func apply() {
    if let threads { Parallel.defaultThreadCount = threads }
  }
}

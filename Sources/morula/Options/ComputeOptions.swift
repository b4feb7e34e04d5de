import ArgumentParser
import Compute

/// The option of every command that computes.
struct ComputeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Threads to use (default: one per processor). The results are the same, bit for bit.",
      valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...4096).contains(threads) {
      throw ValidationError("--threads is 1 to 4096")
    }
  }

  /// Sets the number of threads of the process.
  func apply() {
    if let threads { Parallel.defaultThreadCount = threads }
  }
}

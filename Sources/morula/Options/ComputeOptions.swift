import ArgumentParser
import Compute
import Foundation
import Tensors

/// The option of every command that computes.
struct ComputeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Threads to use (default: as many as taskset, control groups and SLURM_CPUS_PER_TASK allow). The results are the same, bit for bit.",
      valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...4096).contains(threads) {
      throw ValidationError("--threads is 1 to 4096")
    }
  }

  /// Sets the number of threads of the process, and takes their share of limited addresses; ends the
  /// process with an error where there is too little for them.
  func apply() {
    if let threads { Parallel.defaultThreadCount = threads }
    do {
      try Engine.reserveAddresses(mayReduce: threads == nil)
    } catch {
      report(error)
      Foundation.exit(ExitStatus(of: error).rawValue)
    }
  }
}

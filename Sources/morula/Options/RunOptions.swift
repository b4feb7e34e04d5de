import ArgumentParser
import Foundation
import Microscopy
import Segmentation

/// How a command goes through frames whose results it may have made before.
struct RunOptions: ParsableArguments {
  @Flag(
    help:
      "Remove the results of other settings that the folder holds, and start anew. Without it the same command goes on where it stopped, and other settings are an error."
  )
  var overwrite = false

  @Option(
    help: ArgumentHelp(
      "Append a line of JSON for each frame: file, status, start and end, seconds, peak memory, nuclei, notes.",
      valueName: "file.jsonl"))
  var log: String?

  @Option(
    help: ArgumentHelp(
      "Do part i of n of the frames; other processes do the others, into the same folder (default: that of the task of a Slurm array). The last one joins the tables.",
      valueName: "i/n"))
  var shard: Shard?

  func validate() throws {
    if overwrite, let shard, shard.count > 1 {
      throw ValidationError(
        "--overwrite would remove what other shards have done; remove the folder before they begin")
    }
  }

  /// The part to do; nil for all frames.
  func part() throws -> Shard? {
    let part = try shard ?? Shard.ofSlurmArray(ProcessInfo.processInfo.environment)
    guard let part, part.count > 1 else { return nil }
    if shard == nil, overwrite {
      throw InputError(
        "--overwrite", "would remove what other tasks of the Slurm array have done",
        advice: "remove the folder before they begin, or do all frames with --shard 1/1")
    }
    return part
  }
}

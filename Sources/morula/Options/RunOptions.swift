import ArgumentParser

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
}

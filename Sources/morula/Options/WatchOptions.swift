import ArgumentParser

/// How a command follows a microscope that is still writing.
struct WatchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep looking for new time points, take those whose files no longer grow, and end when none has come for so many minutes.",
      valueName: "minutes"))
  var watch: Double?

  func validate() throws {
    if let watch, !(watch > 0 && watch <= 100_000) {
      throw ValidationError("--watch is a number of minutes above 0, at most 100000")
    }
  }
}

import ArgumentParser

/// When a command works: now, not yet, or as a microscope writes.
struct ScheduleOptions: ParsableArguments {
  @Flag(
    help:
      "Tell what there is to do, the memory and the time it will take, from a short measured run, and do nothing else."
  )
  var plan = false

  @Option(
    help: ArgumentHelp(
      "Keep looking for new time points, take those whose files no longer grow, and end when none has come for so many minutes.",
      valueName: "minutes"))
  var watch: Double?

  func validate() throws {
    if plan, watch != nil {
      throw ValidationError("--plan and --watch exclude each other; give one")
    }
    if let watch, !(watch > 0 && watch <= 100_000) {
      throw ValidationError("--watch is a number of minutes above 0, at most 100000")
    }
  }
}

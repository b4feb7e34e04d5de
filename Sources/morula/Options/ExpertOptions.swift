import ArgumentParser

/// What few users of a command that reads images and runs networks need.
struct ExpertOptions: ParsableArguments {
  @OptionGroup var limits: ImageLimitOptions
  @OptionGroup var engine: EngineOptions

  /// Sets limits and algorithm of the process.
  func apply() {
    limits.apply()
    engine.apply()
  }
}

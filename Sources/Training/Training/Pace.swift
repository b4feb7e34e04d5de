import Compute

/// How fast a run goes, measured since it started or resumed, and when it will end.
struct Pace {
  private let plan: TrainingPlan
  private let start = ContinuousClock.now
  private let firstEpoch: Int
  private var samples = 0

  init(_ plan: TrainingPlan, from progress: TrainingState.Progress) {
    self.plan = plan
    firstEpoch = progress.epoch
  }

  mutating func advance(samples count: Int) { samples += count }

  private var elapsed: Double { max(start.duration(to: .now).inSeconds, 1e-9) }

  var voxelsPerSecond: Double { Double(samples * plan.sample.count) / elapsed }

  var gigaflops: Double { 1e-9 * plan.flopsPerSample * Double(samples) / elapsed }

  /// Seconds to the end: time is spread by arithmetic, validations included.
  func secondsLeft(_ progress: TrainingState.Progress) -> Double {
    let done =
      Double(samples) * plan.flopsPerSample
      + Double(progress.epoch - firstEpoch) * plan.validationFlopsPerEpoch
    let epochsLeft = Double(plan.epochs - progress.epoch)
    let left =
      (epochsLeft * Double(plan.samples) - Double(progress.sample)) * plan.flopsPerSample
      + epochsLeft * plan.validationFlopsPerEpoch
    return done > 0 ? elapsed * left / done : plan.seconds
  }
}

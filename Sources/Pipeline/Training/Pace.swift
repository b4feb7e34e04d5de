/// How fast a run goes, measured since it started or resumed, and when it will end.
struct Pace {
  private let plan: TrainingPlan
  private let start = ContinuousClock.now
  private let firstSample: Int
  private var samples = 0

  init(_ plan: TrainingPlan, position: TrainingState.Position) {
    self.plan = plan
    firstSample = position.epoch * plan.samples + position.sample
  }

  mutating func advance(samples count: Int) { samples += count }

  private var elapsed: Double { max(start.duration(to: .now).inSeconds, 1e-9) }

  var voxelsPerSecond: Double { Double(samples * plan.sample.count) / elapsed }

  var gigaflops: Double {
    let perSample = TrainingPlan.trainingFlops(plan.multiplyAdds) / Double(plan.samples)
    return 1e-9 * perSample * Double(samples) / elapsed
  }

  /// Seconds to the end. Time is spread by arithmetic, which counts the validations to come.
  func secondsLeft(_ position: TrainingState.Position) -> Double {
    let training = TrainingPlan.trainingFlops(plan.multiplyAdds) / Double(plan.samples)
    let validation = 2 * Double(plan.validationMultiplyAdds) / Double(plan.samples)
    let done = Double(samples) * training + (Double(samples) - Double(position.sample)) * validation
    let left = Double(plan.epochs * plan.samples - firstSample - samples)
    let total = left * (training + validation) + Double(position.sample) * validation
    return done > 0 ? elapsed * total / done : plan.seconds
  }
}

import Compute
import Foundation
import Networks

/// The learning rate of every update: the configured schedule after a linear warm-up.
package struct TrainingSchedule: Sendable, Hashable, Codable {
  private var schedule: LearningRateSchedule
  private let warmUp: Int
  private let total: Int
  private let floor: Double

  package init(_ configuration: TrainingConfiguration, stepsPerEpoch: Int) {
    let schedule = configuration.schedule
    let base = configuration.optimizer.learningRate
    total = configuration.training.epochs * stepsPerEpoch
    warmUp = Int(clamped: (schedule.warmup * Double(stepsPerEpoch)).rounded())
    floor = schedule.floor * base
    let kind: LearningRateSchedule.Kind =
      switch schedule.kind {
      case .constant: .constant
      case .step: .step(every: schedule.every * stepsPerEpoch, factor: schedule.factor)
      case .cosine: .cosine(warmUp: 0, warmUpStart: 0, minimum: schedule.floor * base)
      case .oneCycle:
        .oneCycle(
          rise: schedule.rise, startDivisor: schedule.startDivisor,
          endDivisor: schedule.finalDivisor)
      case .polynomial: .polynomial(power: schedule.power)
      case .plateau:
        .plateau(
          ReduceOnPlateau(
            goal: .maximum, factor: schedule.factor, patience: schedule.patience,
            threshold: .absolute(schedule.minimumDelta), minimum: schedule.floor * base))
      }
    self.schedule = LearningRateSchedule(base: base, kind: kind)
  }

  /// The rate of update `step`, counted from 0. The warm-up reaches the base right after its last
  /// update, and no update has the rate 0.
  package func rate(at step: Int) -> Double {
    if step < warmUp { return schedule.base * Double(step + 1) / Double(warmUp + 1) }
    return max(floor, schedule.rate(at: step - warmUp, of: total - warmUp))
  }

  /// Tells a plateau schedule the validation IoU.
  package mutating func observe(validationIoU: Double) { schedule.observe(validationIoU) }

  /// Whether the rates of a longer run begin like those of a shorter one.
  static func isIndependentOfLength(_ kind: ScheduleConfiguration.Kind) -> Bool {
    switch kind {
    case .constant, .step, .plateau: true
    case .cosine, .oneCycle, .polynomial: false
    }
  }
}

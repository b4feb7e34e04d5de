import Foundation
import Testing
import Training

/// The rates of every update, by the formulas of docs/configuration.md.
@Suite struct ScheduleTests {
  static func rates(
    _ schedule: String, epochs: Int = 4, perEpoch: Int = 5, observing iou: [Double] = []
  ) throws -> [Double] {
    let configuration = try fakeConfiguration(
      "optimizer.learning_rate=0.2", "training.epochs=\(epochs)", "data.validation=\"*\"",
      "schedule={\(schedule)}")
    var rates = TrainingSchedule(configuration, stepsPerEpoch: perEpoch)
    return (0..<epochs * perEpoch).map { step in
      if step > 0, step.isMultiple(of: perEpoch), step / perEpoch <= iou.count {
        rates.observe(validationIoU: iou[step / perEpoch - 1])
      }
      return rates.rate(at: step)
    }
  }

  static func isClose(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-12 }
  }

  /// Values of `count` updates.
  static func series(_ count: Int, _ value: (Double) -> Double) -> [Double] {
    (0..<count).map { value(Double($0)) }
  }

  @Test func constantAndSteps() throws {
    #expect(try Self.rates("kind: constant") == Array(repeating: 0.2, count: 20))
    let steps = try Self.rates("kind: step, every: 2, factor: 0.5")
    #expect(Self.isClose(steps, Self.series(20) { $0 < 10 ? 0.2 : 0.1 }))
  }

  @Test func warmingUp() throws {
    // 1.2 epochs of 5 updates: six updates lead linearly to the rate of the seventh.
    let warm = Self.series(6) { 0.2 * ($0 + 1) / 7 }
    let halves = Self.series(14) { step in 0.2 * pow(0.5, (step / 5).rounded(.down)) }
    let cosine = Self.series(14) { step in 0.1 * (1 + cos(Double.pi * step / 14)) }
    let polynomial = Self.series(14) { step in 0.2 * pow(1 - step / 14, 2) }
    let cases: [(String, [Double])] = [
      ("kind: constant", Self.series(14) { _ in 0.2 }),
      ("kind: cosine", cosine),
      ("kind: polynomial, power: 2", polynomial),
      ("kind: step, every: 1, factor: 0.5", halves),
    ]
    for (schedule, rest) in cases {
      let rates = try Self.rates(schedule + ", warmup: 1.2")
      #expect(Self.isClose(rates, warm + rest), "\(schedule): \(rates)")
    }
  }

  @Test func floors() throws {
    let cosine = try Self.rates("kind: cosine, floor: 0.1")
    let expected = Self.series(20) { step in 0.02 + 0.09 * (1 + cos(Double.pi * step / 20)) }
    #expect(Self.isClose(cosine, expected))
    let polynomial = try Self.rates("kind: polynomial, power: 1, floor: 0.5")
    #expect(Self.isClose(polynomial, Self.series(20) { step in max(0.1, 0.2 * (1 - step / 20)) }))
  }

  @Test func oneCycle() throws {
    let rates = try Self.rates("kind: one_cycle, rise: 0.25, start_divisor: 10, final_divisor: 4")
    #expect(abs(rates[0] - 0.02) < 1e-12 && abs(rates[4] - 0.2) < 1e-12)
    #expect(abs(rates[19] - 0.005) < 1e-12)
    #expect(zip(rates.prefix(5), rates.prefix(5).dropFirst()).allSatisfy { $0 < $1 })
    #expect(zip(rates.dropFirst(4), rates.dropFirst(5)).allSatisfy { $0 > $1 })
  }

  @Test func plateau() throws {
    // Falls after two validations that do not gain 0.1, and not below a quarter.
    let rates = try Self.rates(
      "kind: plateau, patience: 1, factor: 0.4, min_delta: 0.1, floor: 0.25", epochs: 8,
      perEpoch: 1, observing: [0.5, 0.55, 0.58, 0.7, 0.7, 0.7, 0.7])
    #expect(Self.isClose(rates, [0.2, 0.2, 0.2, 0.08, 0.08, 0.08, 0.05, 0.05]))
  }

  /// What a run reports is what the schedule says.
  @Test func theTrainerFollows() throws {
    let run = try TrainingRun()
    let configuration = try run.configuration("schedule={kind: cosine, warmup: 0.5, floor: 0.01}")
    let (_, events) = try run.train(configuration, "a")
    let schedule = TrainingSchedule(configuration, stepsPerEpoch: 4)
    #expect(events.steps.map(\.learningRate) == (0..<12).map { schedule.rate(at: $0) })
    #expect(events.records.map(\.learningRate) == [3, 7, 11].map { schedule.rate(at: $0) })
  }
}

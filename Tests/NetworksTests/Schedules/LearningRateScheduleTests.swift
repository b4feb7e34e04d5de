import Foundation
import Networks
import TestSupport
import Testing

/// Schedules against torch.optim.lr_scheduler (Fixtures/schedules/make.py).
@Suite struct LearningRateScheduleTests {
  static let sequences: [(String, LearningRateSchedule.Kind)] = [
    ("step", .step(every: 13, factor: 0.3)),
    ("cosine", .cosine(warmUp: 0, warmUpStart: 0, minimum: 1e-4)),
    ("cosine-warm-up", .cosine(warmUp: 7, warmUpStart: 0.1, minimum: 1e-4)),
    ("one-cycle", .oneCycle(rise: 0.3, startDivisor: 25, endDivisor: 1e4)),
    ("one-cycle-options", .oneCycle(rise: 0.42, startDivisor: 10, endDivisor: 50)),
    ("polynomial", .polynomial(power: 0.9)),
    ("polynomial-past-end", .polynomial(power: 2)),
  ]
  static let plateaus: [(String, sign: Double, ReduceOnPlateau)] = [
    ("plateau", sign: 1, ReduceOnPlateau(patience: 3)),
    (
      "plateau-cooldown", sign: 1,
      ReduceOnPlateau(
        factor: 0.5, patience: 2, threshold: .relative(0.01), cooldown: 4, minimum: 0.002)
    ),
    (
      "plateau-absolute", sign: 1,
      ReduceOnPlateau(factor: 0.7, patience: 1, threshold: .absolute(0.005))
    ),
    (
      "plateau-maximum", sign: -1,
      ReduceOnPlateau(goal: .maximum, factor: 0.6, patience: 2, threshold: .relative(0.002))
    ),
    (
      "plateau-maximum-absolute", sign: -1,
      ReduceOnPlateau(goal: .maximum, factor: 0.9, patience: 0, threshold: .absolute(0.002))
    ),
  ]

  @Test(arguments: sequences.indices)
  func equalsPyTorch(index: Int) throws {
    let (name, kind) = Self.sequences[index]
    let file = try Fixture.load("schedules/sequences", bundle: .module)
    let schedule = LearningRateSchedule(base: 0.02, kind: kind)
    let expected = try file.doubles(name)
    #expect(Set(expected).count > 3)
    for (step, rate) in expected.enumerated() {
      // PyTorch multiplies its way from step to step in float64 where we use the closed form; near
      // the cosine's end that form subtracts, hence the base in the bound.
      let tolerance = 1e-15 * Double(expected.count) * 0.02
      #expect(abs(schedule.rate(at: step, of: 60) - rate) <= tolerance, "\(name) \(step)")
    }
  }

  @Test(arguments: plateaus.indices)
  func plateauEqualsPyTorch(index: Int) throws {
    let (name, sign, plateau) = Self.plateaus[index]
    let file = try Fixture.load("schedules/sequences", bundle: .module)
    let expected = try file.doubles(name)
    #expect(Set(expected).count > 2)
    var schedule = LearningRateSchedule(base: 0.02, kind: .plateau(plateau))
    #expect(schedule.rate(at: 0, of: 90) == 0.02)
    for (epoch, metric) in try file.doubles("metric").enumerated() {
      schedule.observe(2 + sign * metric)
      #expect(schedule.rate(at: epoch, of: 90) == expected[epoch], "\(name) \(epoch)")
      // A checkpoint after every epoch changes nothing.
      let data = try JSONEncoder().encode(schedule)
      let decoded = try JSONDecoder().decode(LearningRateSchedule.self, from: data)
      #expect(decoded == schedule)
      schedule = decoded
    }
  }

  @Test(arguments: sequences.indices)
  func codable(index: Int) throws {
    let schedule = LearningRateSchedule(base: 1e-4 / 3, kind: Self.sequences[index].1)
    let data = try JSONEncoder().encode(schedule)
    #expect(try JSONDecoder().decode(LearningRateSchedule.self, from: data) == schedule)
  }

  @Test func endsOfTheRange() {
    let constant = LearningRateSchedule(base: 0.5)
    #expect(constant.rate(at: 0, of: 0) == 0.5 && constant.rate(at: 9, of: 3) == 0.5)
    // Runs of one or two steps, and steps past the end, stay finite and in range.
    for (_, kind) in Self.sequences {
      let schedule = LearningRateSchedule(base: 0.5, kind: kind)
      for total in [0, 1, 2, 7, 8] {
        for step in 0..<total + 3 {
          let rate = schedule.rate(at: step, of: total)
          #expect(rate >= 0 && rate <= 0.5, "\(kind), step \(step) of \(total)")
        }
      }
    }
    // A warm-up longer than the run just rises.
    let warm = LearningRateSchedule(
      base: 1, kind: .cosine(warmUp: 10, warmUpStart: 0, minimum: 0))
    #expect((0..<5).map { warm.rate(at: $0, of: 5) } == [0, 0.1, 0.2, 0.3, 0.4])
  }

  @Test func onlyPlateausObserve() {
    var schedule = LearningRateSchedule(base: 1, kind: .step(every: 2, factor: 0.5))
    let before = schedule
    schedule.observe(3)
    #expect(schedule == before)
  }

  @Test func plateauStateIsVisible() {
    var plateau = ReduceOnPlateau(factor: 0.5, patience: 1, cooldown: 2)
    plateau.observe(1, base: 8)
    #expect(plateau.best == 1 && plateau.badEpochs == 0 && plateau.rate == nil)
    plateau.observe(.nan, base: 8)
    #expect(plateau.best == 1 && plateau.badEpochs == 1)
    plateau.observe(1, base: 8)
    #expect(plateau.rate == 4 && plateau.cooldownLeft == 2 && plateau.badEpochs == 0)
  }
}

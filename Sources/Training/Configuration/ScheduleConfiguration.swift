/// Section `schedule`: the learning rate over time.
package struct ScheduleConfiguration: ConfigurationSection {
  /// The schedules.
  package enum Kind: String, ConfigurationChoice {
    /// The same rate throughout.
    case constant
    /// Times `ScheduleConfiguration.factor` every `ScheduleConfiguration.every` epochs.
    case step
    /// Half a cosine down to `ScheduleConfiguration.floor` of the rate.
    case cosine
    /// Up from 1/start_divisor of the rate, then down to 1/final_divisor of that start (Smith).
    case oneCycle = "one_cycle"
    /// (1 − t)^power.
    case polynomial
    /// Times `ScheduleConfiguration.factor` when validation stops improving.
    case plateau
  }

  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case kind, warmup, every, factor, floor, power, rise
    case startDivisor = "start_divisor"
    case finalDivisor = "final_divisor"
    case patience
    case minimumDelta = "min_delta"
  }

  /// Which schedule.
  package var kind = Kind.constant
  /// The epochs (fractions allowed) over which the rate rises linearly from near 0.
  package var warmup = 0.0
  /// The epochs between steps of ``Kind/step``.
  package var every = 10
  /// The factor of ``Kind/step`` and ``Kind/plateau``.
  package var factor = 0.1
  /// The lowest rate as a share of the learning rate.
  package var floor = 0.0
  /// The exponent of ``Kind/polynomial``.
  package var power = 0.9
  /// The share of ``Kind/oneCycle`` that rises.
  package var rise = 0.3
  /// Learning rate / first rate of ``Kind/oneCycle``.
  package var startDivisor = 25.0
  /// First rate / last rate of ``Kind/oneCycle``.
  package var finalDivisor = 1e4
  /// The validations without improvement that ``Kind/plateau`` waits.
  package var patience = 5
  /// The gain of validation IoU that counts as an improvement for ``Kind/plateau``.
  package var minimumDelta = 1e-4

  /// Constant.
  package init() {}

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.value(.kind, &kind)
    var used: Set<Key> = []
    switch kind {
    case .constant: used = [.warmup]
    case .step: used = [.warmup, .every, .factor]
    case .cosine: used = [.warmup, .floor]
    case .oneCycle: used = [.rise, .startDivisor, .finalDivisor]
    case .polynomial: used = [.warmup, .power, .floor]
    case .plateau: used = [.factor, .patience, .minimumDelta, .floor, .warmup]
    }
    let keys = Key.allCases.filter { $0 != .kind }
    let names = keys.filter(used.contains).map(\.rawValue).joined(separator: ", ")
    try section.inapplicable(
      keys.filter { !used.contains($0) }, "kind is '\(kind.rawValue)', which has \(names)")
    if used.contains(.warmup) { try section.value(.warmup, &warmup, .atLeast(0)) }
    if used.contains(.every) { try section.value(.every, &every, .atLeast(1)) }
    if used.contains(.factor) {
      try section.value(
        .factor, &factor, ConfigurationRule("above 0 and below 1") { $0 > 0 && $0 < 1 })
    }
    if used.contains(.floor) { try section.value(.floor, &floor, .within(0...1)) }
    if used.contains(.power) { try section.value(.power, &power, .above(0)) }
    if used.contains(.rise) {
      try section.value(.rise, &rise, ConfigurationRule("above 0 and below 1") { $0 > 0 && $0 < 1 })
    }
    if used.contains(.startDivisor) { try section.value(.startDivisor, &startDivisor, .atLeast(1)) }
    if used.contains(.finalDivisor) { try section.value(.finalDivisor, &finalDivisor, .atLeast(1)) }
    if used.contains(.patience) { try section.value(.patience, &patience, .atLeast(0)) }
    if used.contains(.minimumDelta) { try section.value(.minimumDelta, &minimumDelta, .atLeast(0)) }
  }
}

import Synchronization

/// How much of a piece of work is done, for those who wait for it.
package final class WorkMeter: Sendable {
  private let bits = Atomic<UInt64>(0)

  /// A meter of work of which nothing is done.
  package init() {}

  /// The share that is done, from 0 to 1.
  package var share: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  /// Sets the share; it never falls. Only the thread that does the work calls it.
  fileprivate func raise(to share: Double) {
    if share > self.share { bits.store(min(1, share).bitPattern, ordering: .relaxed) }
  }
}

/// A part of the work that a ``WorkMeter`` measures, told by the thread that does it.
package struct WorkSpan: Sendable {
  /// The part that the code of this scope does; nil where nobody waits for it.
  @TaskLocal package static var current: WorkSpan?

  private let meter: WorkMeter
  private let start: Double
  private let length: Double

  /// All of the work of a meter.
  package init(_ meter: WorkMeter) { self.init(meter, start: 0, length: 1) }

  private init(_ meter: WorkMeter, start: Double, length: Double) {
    self.meter = meter
    self.start = start
    self.length = length
  }

  /// Tells that a fraction of this part is done.
  package func report(_ fraction: Double) { meter.raise(to: start + fraction * length) }

  /// The part between two fractions of this one.
  package func part(from first: Double, to last: Double) -> WorkSpan {
    WorkSpan(meter, start: start + first * length, length: (last - first) * length)
  }
}

/// The steps of a piece of work, one after the other, each with an amount of its own.
package struct WorkSteps {
  private let span: WorkSpan?
  private let total: Double
  private var done = 0.0

  /// Steps whose amounts add up to `total`.
  package init(of total: Double, in span: WorkSpan? = .current) {
    self.span = span
    self.total = max(total, .leastNormalMagnitude)
  }

  /// The part of the work that the next step is.
  package func next(_ amount: Double) -> WorkSpan? {
    span?.part(from: done / total, to: (done + amount) / total)
  }

  /// A step is done.
  package mutating func finish(_ amount: Double) {
    done += amount
    span?.report(done / total)
  }

  /// Does a step, which may tell of parts of its own.
  package mutating func run<Value>(
    _ amount: Double, _ body: () throws -> Value
  ) rethrows -> Value {
    let value = try WorkSpan.$current.withValue(next(amount), operation: body)
    finish(amount)
    return value
  }
}

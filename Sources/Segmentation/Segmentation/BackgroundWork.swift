import Compute
import Foundation
import Tensors

/// Work that another thread does while this one listens, so that a request to stop is answered in a
/// moment, however long the work takes.
enum BackgroundWork {
  /// How long work that is nearly done may go on after the request to stop.
  private static let grace = Duration.seconds(0.7)
  /// How often the request is looked for.
  private static let interval = DispatchTimeInterval.milliseconds(50)

  /// What `body` returns or throws; nil if `shouldStop` said so before.
  ///
  /// Work that is given up goes on in its thread until it ends or the process does, and its result
  /// is dropped; so it must not write anything.
  static func result<Value: Sendable>(
    until shouldStop: () -> Bool, _ body: @escaping @Sendable () throws -> Value
  ) throws -> Value? {
    let box = ResultBox<Value>()
    let (threads, algorithm) = (Parallel.threads, ConvolutionPlanner.requested)
    let thread = Thread {
      Parallel.$threads.withValue(threads) {
        ConvolutionPlanner.$requested.withValue(algorithm) {
          box.set(Result { try body() })
        }
      }
    }
    thread.stackSize = 16 << 20
    thread.start()
    var requested: ContinuousClock.Instant?
    while true {
      if box.isDone.wait(timeout: .now() + interval) == .success { return try box.get() }
      if let requested {
        if requested.duration(to: .now) > grace { return nil }
      } else if shouldStop() {
        requested = .now
      }
    }
  }
}

/// A result that one thread leaves for another.
private final class ResultBox<Value: Sendable>: Sendable {
  let isDone = DispatchSemaphore(value: 0)
  private let result = Guarded<Result<Value, any Error>?>(nil)

  func set(_ value: Result<Value, any Error>) {
    result.withLock { $0 = value }
    isDone.signal()
  }

  func get() throws -> Value? { try result.withLock { $0 }?.get() }
}

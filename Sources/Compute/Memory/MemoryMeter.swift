/// Counts the bytes of all `AlignedStorage` (every tensor and workspace) that a piece of code
/// allocates, and the most that was alive at a time.
///
/// Bytes as asked for: the pages of a block are up to 2 MiB more. Exact, and blind to what other
/// threads do meanwhile; memory plans are tested with it.
package final class MemoryMeter: Sendable {
  @TaskLocal static var current: MemoryMeter?

  private let state = Guarded((alive: 0, peak: 0))

  private init() {}

  /// Runs `body` and says how many bytes were alive at the worst moment, of those allocated in it.
  ///
  /// Counted is what the calling thread allocates; what workers of parallel loops allocate is not.
  package static func peak<Result, Failure: Error>(
    of body: () throws(Failure) -> Result
  ) throws(Failure) -> (result: Result, bytes: Int) {
    let meter = MemoryMeter()
    // `withValue` rethrows any error; a Result carries the typed one through it.
    let outcome = $current.withValue(meter) { () -> Swift.Result<Result, Failure> in
      do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
    }
    return (try outcome.get(), meter.state.withLock { $0.peak })
  }

  func take(_ bytes: Int) {
    state.withLock { state in
      state.alive += bytes
      state.peak = max(state.peak, state.alive)
    }
  }

  func give(_ bytes: Int) { state.withLock { $0.alive -= bytes } }
}

/// The largest memory of the process during each of several pieces of work that overlap.
///
/// The system knows one peak, which is looked at and reset whenever a piece begins or ends, and
/// counts for all that run.
package final class PeakMeter: Sendable {
  private let peaks = Guarded<[Int: Int]>([:])
  private let peak: @Sendable () -> Int?
  private let reset: @Sendable () -> Void

  /// A meter of this process.
  package convenience init() {
    self.init(peak: { ProcessMemory.peakBytes }, reset: { ProcessMemory.resetPeak() })
  }

  /// A meter of another memory.
  ///
  /// - Parameters:
  ///   - peak: The largest memory since the last reset, in bytes; nil where unknown.
  ///   - reset: Lets the peak count from now on.
  package init(peak: @escaping @Sendable () -> Int?, reset: @escaping @Sendable () -> Void) {
    self.peak = peak
    self.reset = reset
  }

  /// A piece of work begins.
  package func begin(_ piece: Int) {
    peaks.withLock { peaks in
      look(&peaks)
      peaks[piece] = 0
    }
  }

  /// A piece of work ends.
  ///
  /// - Returns: The largest memory since it began, in bytes; nil where the system does not tell.
  package func end(_ piece: Int) -> Int? {
    peaks.withLock { peaks in
      look(&peaks)
      let peak = peaks.removeValue(forKey: piece) ?? 0
      return peak > 0 ? peak : nil
    }
  }

  /// Lets the peak until now count for all pieces.
  private func look(_ peaks: inout [Int: Int]) {
    guard let bytes = peak() else { return }
    peaks = peaks.mapValues { max($0, bytes) }
    reset()
  }
}

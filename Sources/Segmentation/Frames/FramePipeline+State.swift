import Compute

extension FramePipeline {
  /// How a run ends.
  enum End { case allDone, stopped }

  /// What the threads of a run share.
  struct State: Sendable {
    /// All frames.
    private var entries: [Entry] = []
    /// Whether no frame begins any more, nor begins to write.
    var isStopping = false
    /// How many frames have begun: those before this index.
    private var begun = 0
    /// How many frames at the beginning were handed over.
    private var taken = 0
    /// All frames that were handed over, or wait for it.
    private var done = 0
    private var running: [Int: Running] = [:]
    private var finished: [Int: Finished] = [:]
    /// Why the run fails.
    private var failure: (any Error)?
    /// The work on all frames, and on those that are done.
    private var totalWork = 0.0
    private var doneWork = 0.0

    private struct Running {
      let entry: Entry
      let meter: WorkMeter
      var isWriting = false
    }

    /// Adds frames behind all others.
    mutating func add(_ entries: [Entry]) {
      self.entries += entries
      totalWork += entries.reduce(0) { $0 + Self.work($1) }
    }

    /// Begins the next frame if it may begin.
    ///
    /// - Returns: Its index, the meter of its work, and the most threads for its loops.
    mutating func start(
      _ admission: FrameAdmission
    ) -> (index: Int, entry: Entry, meter: WorkMeter, threads: Int)? {
      guard !isStopping, begun < entries.count, begun - taken < admission.lead else { return nil }
      let entry = entries[begun]
      guard admission.admits(entry.needs, beside: running.values.map(\.entry.needs)) else {
        return nil
      }
      let (index, meter) = (begun, WorkMeter())
      begun += 1
      running[index] = Running(entry: entry, meter: meter)
      return (
        index, entry, meter,
        admission.threadLimit(of: entry.needs, left: entries.count - index)
      )
    }

    /// Whether a frame may write; from now on the run waits for it.
    mutating func beginWriting(_ index: Int) -> Bool {
      if isStopping, running[index]?.isWriting != true { return false }
      running[index]?.isWriting = true
      return true
    }

    /// Whether a frame is writing.
    var isWriting: Bool { running.values.contains(where: \.isWriting) }

    /// The work on a frame has ended.
    mutating func finish(_ index: Int, _ outcome: Result<Finished, any Error>) {
      guard let entry = running.removeValue(forKey: index)?.entry else { return }
      switch outcome {
      case .success(let frame):
        finished[index] = frame
        done += 1
        doneWork += Self.work(entry)
      case .failure(let error):
        if error is CancellationError { return }
        failure = failure ?? error
        isStopping = true
      }
    }

    /// The frames to hand over: those that follow the last ones without a gap, or all where the run
    /// is over and nothing is being written.
    ///
    /// - Parameters:
    ///   - isOver: Whether frames that are not done are given up.
    ///   - isDue: Whether few frames are handed over too.
    ///   - lead: How far the work may be ahead.
    mutating func take(isOver: Bool, isDue: Bool, lead: Int) -> [Finished] {
      var count = 0
      while finished[taken + count] != nil { count += 1 }
      if isStopping, !isWriting, isOver || running.isEmpty, failure == nil {
        let indices = finished.keys.sorted()
        defer {
          finished = [:]
          taken += count
        }
        return indices.compactMap { finished[$0] }
      }
      // What holds others up does not wait.
      guard isDue || isStopping || running.isEmpty || count >= lead / 2 else { return [] }
      defer { taken += count }
      return (0..<count).compactMap { finished.removeValue(forKey: taken + $0) }
    }

    /// Whether the run has ended, after all was taken.
    ///
    /// - Throws: Why the run fails.
    func end(isOver: Bool) throws -> End? {
      if let failure { throw failure }
      if done == entries.count, finished.isEmpty { return .allDone }
      return isStopping && !isWriting && (isOver || running.isEmpty) ? .stopped : nil
    }

    /// How far the run is.
    var progress: RunProgress {
      let partly = running.values.reduce(0) { $0 + $1.meter.share * Self.work($1.entry) }
      return RunProgress(
        done: taken, total: entries.count, share: min(1, (doneWork + partly) / max(1, totalWork)),
        running: running.sorted { $0.key < $1.key }.map {
          RunProgress.Frame(name: $1.entry.name, share: $1.meter.share)
        })
    }

    /// The work on a frame: its voxels.
    private static func work(_ entry: Entry) -> Double { Double(max(1, entry.needs.voxels)) }
  }
}

import Compute
import Foundation
import Tensors

/// Works on the frames of a run, several at a time, and hands them over in their order.
///
/// Every frame has a thread of its own, which begins the next frames when it ends; loops share the
/// other threads (``ThreadBudget``). Results do not depend on how many frames are worked on at once.
///
/// Work that is given up goes on in its thread until it ends or the process does, and its result is
/// dropped; it writes nothing any more (``FrameWork/writing(_:)``).
package final class FramePipeline<Frame: Sendable, Value: Sendable>: Sendable {
  /// A frame that waits to be worked on.
  package struct Entry: Sendable {
    /// The frame.
    package let frame: Frame
    /// Its name, to show.
    package let name: String
    /// What it takes.
    package let needs: FrameNeeds

    /// An entry.
    package init(_ frame: Frame, name: String, needs: FrameNeeds) {
      self.frame = frame
      self.name = name
      self.needs = needs
    }
  }

  /// A frame on which the work has ended.
  package struct Finished: Sendable {
    /// The frame.
    package let frame: Frame
    /// What came out, or why it failed.
    package let result: Result<Value, any Error>
    /// When, how long and in how much memory it was worked on.
    package let effort: FrameEffort
  }

  /// The work on a frame. What it returns is the frame's own: its result, or why it failed. What it
  /// throws ends the run.
  package typealias Body = @Sendable (Frame, FrameWork) throws -> Result<Value, any Error>

  private let state = Guarded(State())
  private let admission: FrameAdmission
  private let budget: ThreadBudget
  private let peaks = PeakMeter()
  private let algorithm = ConvolutionPlanner.requested
  private let body: Body
  private let isChanged = DispatchSemaphore(value: 0)

  /// A pipeline without frames.
  package init(_ admission: FrameAdmission, _ body: @escaping Body) {
    self.admission = admission
    self.body = body
    budget = ThreadBudget(threads: admission.threads)
  }

  /// Adds frames behind all others; also while the run goes on.
  package func add(_ entries: [Entry]) {
    state.withLock { $0.add(entries) }
  }

  /// Works on all frames, or until `shouldStop` returns true; then those that are nearly done are
  /// finished, and the others given up.
  ///
  /// - Parameters:
  ///   - shouldStop: Asked again and again.
  ///   - watch: Called several times a second.
  ///   - commit: Takes the frames that are finished, one or several, in their order. Where the run is
  ///     stopped frames between them may be missing.
  /// - Returns: Whether frames were given up.
  /// - Throws: What the work on a frame, `watch` or `commit` throws.
  package func run(
    until shouldStop: () -> Bool, watch: (RunProgress) throws -> Void,
    commit: ([Finished]) throws -> Void
  ) throws -> Bool {
    defer { finishWriting() }
    var pace = CommitPace()
    var watched = ContinuousClock.now
    var requested: ContinuousClock.Instant?
    while true {
      startFrames()
      let now = ContinuousClock.now
      if requested == nil, shouldStop() {
        requested = now
        state.withLock { $0.isStopping = true }
      }
      let isOver = requested.map { $0.duration(to: now) > PipelineTimes.grace } ?? false
      let finished = state.withLock {
        $0.take(isOver: isOver, isDue: pace.isDue(at: now), lead: admission.lead)
      }
      if !finished.isEmpty {
        try commit(finished)
        pace.recorded(since: now)
        continue
      }
      switch try state.withLock({ try $0.end(isOver: isOver) }) {
      case .allDone: return false
      case .stopped: return true
      case nil: break
      }
      if watched.duration(to: now) > PipelineTimes.watch {
        watched = now
        try watch(progress)
      }
      _ = isChanged.wait(timeout: .now() + PipelineTimes.interval)
    }
  }

  /// How far the run is.
  package var progress: RunProgress { state.withLock { $0.progress } }

  /// Begins the next frames as far as threads and memory allow.
  private func startFrames() {
    while let (index, entry, meter, threads) = state.withLock({ $0.start(admission) }) {
      let thread = Thread { [self] in
        Parallel.$threads.withValue(threads) {
          ThreadBudget.$current.withValue(budget) {
            ConvolutionPlanner.$requested.withValue(algorithm) {
              WorkSpan.$current.withValue(WorkSpan(meter)) { work(on: entry, index) }
            }
          }
        }
      }
      thread.stackSize = 16 << 20
      thread.start()
    }
  }

  /// Works on a frame in its thread.
  private func work(on entry: Entry, _ index: Int) {
    budget.enter()
    peaks.begin(index)
    var effort = FrameEffort()
    let start = ContinuousClock.now
    let work = FrameWork { [self] in state.withLock { $0.beginWriting(index) } }
    let outcome = Result { try body(entry.frame, work) }
    effort.seconds = start.duration(to: .now).inSeconds
    effort.peakMemory = peaks.end(index)
    budget.leave()
    state.withLock { state in
      state.finish(
        index, outcome.map { Finished(frame: entry.frame, result: $0, effort: effort) })
    }
    startFrames()
    isChanged.signal()
  }

  /// Lets no other frame begin to write, and waits for those that do.
  private func finishWriting() {
    state.withLock { $0.isStopping = true }
    while state.withLock({ $0.isWriting }) {
      _ = isChanged.wait(timeout: .now() + PipelineTimes.interval)
    }
  }
}

/// When, how long and in how much memory a frame was worked on.
package struct FrameEffort: Hashable, Sendable {
  /// When the work began.
  package var started = Date.now
  /// The seconds it took.
  package var seconds = 0.0
  /// The largest memory of the process meanwhile, in bytes; nil where the system does not tell.
  package var peakMemory: Int?
}

private enum PipelineTimes {
  /// How long frames that are nearly done may go on after the request to stop.
  static let grace = Duration.seconds(0.7)
  /// How often the request is looked for.
  static let interval = DispatchTimeInterval.milliseconds(50)
  /// How often progress is told.
  static let watch = Duration.milliseconds(200)
}

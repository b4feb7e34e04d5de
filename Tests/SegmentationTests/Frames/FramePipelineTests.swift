import Compute
import Foundation
import Segmentation
import Testing

/// Frames that are worked on at the same time and handed over in their order.
@Suite struct FramePipelineTests {
  private typealias Pipeline = FramePipeline<Int, Int>

  private struct Broken: Error {}

  /// A gate that is closed until it is opened.
  private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func open() { semaphore.signal() }
    func pass() {
      semaphore.wait()
      semaphore.signal()
    }
  }

  private static func pipeline(
    _ frames: Int, threads: Int, _ body: @escaping Pipeline.Body
  ) -> Pipeline {
    let pipeline = Pipeline(FrameAdmission(threads: threads, room: nil), body)
    pipeline.add(entries(0..<frames))
    return pipeline
  }

  private static func entries(_ frames: Range<Int>) -> [Pipeline.Entry] {
    frames.map {
      Pipeline.Entry($0, name: "t\($0)", needs: FrameNeeds(voxels: 1000, bytes: 1000))
    }
  }

  /// Runs it to its end, or until some frames were handed over.
  private static func run(
    _ pipeline: Pipeline, stopAfter limit: Int = .max,
    onCommit: ([Pipeline.Finished]) throws -> Void = { _ in }
  ) throws -> (frames: [Int], isStopped: Bool) {
    var frames: [Int] = []
    let isStopped = try pipeline.run(
      until: { frames.count >= limit }, watch: { _ in },
      commit: {
        frames += $0.map(\.frame)
        try onCommit($0)
      })
    return (frames, isStopped)
  }

  @Test("In their order, whichever is finished first; never more at once than threads")
  func order() throws {
    let running = Guarded((now: 0, most: 0))
    let pipeline = Self.pipeline(24, threads: 4) { frame, work in
      running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      // The first of four takes longest.
      Thread.sleep(forTimeInterval: 0.01 * Double(4 - frame % 4))
      running.withLock { $0.now -= 1 }
      return try work.writing { .success(frame * frame) }
    }
    var values: [Int] = []
    let (frames, isStopped) = try Self.run(pipeline) { finished in
      values += try finished.map { try $0.result.get() }
      #expect(finished.allSatisfy { $0.effort.seconds >= 0.01 })
    }
    #expect(frames == Array(0..<24) && values == frames.map { $0 * $0 })
    #expect(!isStopped)
    #expect(running.withLock { (2...4).contains($0.most) })
    #expect(pipeline.progress.done == 24 && pipeline.progress.share == 1)
  }

  @Test("A frame that fails is handed over as such, and the others go on")
  func failure() throws {
    let pipeline = Self.pipeline(9, threads: 3) { frame, _ in
      frame == 4 ? .failure(Broken()) : .success(frame)
    }
    var failures: [Int] = []
    let (frames, isStopped) = try Self.run(pipeline) { finished in
      failures += finished.filter { (try? $0.result.get()) == nil }.map(\.frame)
    }
    #expect(frames == Array(0..<9) && failures == [4] && !isStopped)
  }

  @Test("An error of the output ends the run at once; what came before is handed over")
  func fatal() throws {
    let begun = Guarded<Set<Int>>([])
    let others = Gate()
    let pipeline = Self.pipeline(100, threads: 2) { frame, work in
      begun.withLock { _ = $0.insert(frame) }
      if frame == 3 { return try work.writing { throw Broken() } }
      if frame > 3 { others.pass() }
      return .success(frame)
    }
    var frames: [Int] = []
    #expect(throws: Broken.self) {
      _ = try pipeline.run(until: { false }, watch: { _ in }) { frames += $0.map(\.frame) }
    }
    #expect(frames == Array(0..<frames.count) && frames.count <= 3)
    #expect(begun.withLock { $0.count } <= 5)
    others.open()
  }

  @Test("An error while frames are recorded ends the run")
  func commitFails() throws {
    let pipeline = Self.pipeline(100, threads: 2) { frame, _ in .success(frame) }
    #expect(throws: Broken.self) { try Self.run(pipeline) { _ in throw Broken() } }
  }

  @Test("A run that is stopped hands over what is finished and gives up what is not")
  func stop() throws {
    let gate = Gate()
    let late = Guarded<[String]>([])
    let written = Guarded<Set<Int>>([])
    let pipeline = Self.pipeline(50, threads: 3) { frame, work in
      if frame == 2 {
        gate.pass()
        do {
          return try work.writing {
            late.withLock { $0.append("written") }
            return .success(frame)
          }
        } catch {
          late.withLock { $0.append("\(type(of: error))") }
          throw error
        }
      }
      return try work.writing {
        written.withLock { _ = $0.insert(frame) }
        return .success(frame)
      }
    }
    let start = ContinuousClock.now
    var frames: [Int] = []
    let isStopped = try pipeline.run(
      until: { frames.count == 2 && written.withLock { $0.contains(5) } }, watch: { _ in },
      commit: { frames += $0.map(\.frame) })
    #expect(isStopped)
    #expect(start.duration(to: .now) < .seconds(6))
    // Those behind the one that is given up count too.
    #expect(frames.prefix(2) == [0, 1] && !frames.contains(2) && frames == frames.sorted())
    #expect(frames.contains(5) && frames.count < 50)
    gate.open()
    while late.withLock({ $0.isEmpty }) { Thread.sleep(forTimeInterval: 0.01) }
    #expect(late.withLock { $0 } == ["CancellationError"])
  }

  @Test("A run that is stopped waits for what is being written")
  func stopWhileWriting() throws {
    let isWriting = Guarded(false)
    let isWritten = Guarded(false)
    let pipeline = Self.pipeline(9, threads: 2) { frame, work in
      try work.writing {
        if frame == 1 {
          isWriting.withLock { $0 = true }
          Thread.sleep(forTimeInterval: 1.2)
          isWritten.withLock { $0 = true }
        }
        return .success(frame)
      }
    }
    var frames: [Int] = []
    let isStopped = try pipeline.run(
      until: { isWriting.withLock { $0 } }, watch: { _ in },
      commit: { frames += $0.map(\.frame) })
    #expect(isWritten.withLock { $0 })
    #expect(isStopped && frames.contains(1))
  }

  @Test("What is finished behind a slow frame does not pile up")
  func lead() throws {
    let gate = Gate()
    let begun = Guarded(0)
    let pipeline = Self.pipeline(200, threads: 2) { frame, _ in
      begun.withLock { $0 += 1 }
      if frame == 0 { gate.pass() }
      return .success(frame)
    }
    let opener = Thread {
      Thread.sleep(forTimeInterval: 0.4)
      #expect((2...8).contains(begun.withLock { $0 }))
      gate.open()
    }
    opener.start()
    #expect(try Self.run(pipeline).frames == Array(0..<200))
  }

  @Test("Frames that arrive during the run are worked on too")
  func growing() throws {
    let pipeline = Self.pipeline(3, threads: 2) { frame, _ in .success(frame) }
    var isFirst = true
    let (frames, _) = try Self.run(pipeline) { _ in
      if isFirst { pipeline.add(Self.entries(3..<7)) }
      isFirst = false
    }
    #expect(frames == Array(0..<7))
  }

  @Test("Slow recording takes several frames at once")
  func batches() throws {
    let pipeline = Self.pipeline(60, threads: 4) { frame, _ in
      Thread.sleep(forTimeInterval: 0.005)
      return .success(frame)
    }
    var batches: [Int] = []
    let (frames, _) = try Self.run(pipeline) {
      batches.append($0.count)
      Thread.sleep(forTimeInterval: 0.02)
    }
    #expect(frames == Array(0..<60))
    #expect(batches.count < 40 && batches.allSatisfy { $0 > 0 })
  }

  @Test("The share of the work counts frames by their voxels, with those that run")
  func progress() throws {
    let (gate, reached) = (Gate(), Gate())
    let pipeline = Pipeline(FrameAdmission(threads: 1, room: nil)) { frame, _ in
      if frame == 1 {
        WorkSpan.current?.report(0.5)
        reached.open()
        gate.pass()
      }
      return .success(frame)
    }
    pipeline.add(
      [1000, 2000, 1000].enumerated().map {
        Pipeline.Entry(
          $0, name: "t\($0)", needs: FrameNeeds(voxels: $1, bytes: 0))
      })
    var watched: [RunProgress] = []
    _ = try pipeline.run(
      until: { false },
      watch: {
        watched.append($0)
        if $0.running.first?.share == 0.5 { gate.open() }
      }, commit: { _ in })
    reached.pass()
    let middle = try #require(watched.first { $0.running.first?.name == "t1" })
    #expect(middle.share == 0.5 && middle.running.map(\.share) == [0.5])
    #expect(middle.total == 3 && middle.done == 1)
  }
}

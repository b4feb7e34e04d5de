import Foundation
import Microscopy

/// Calls for work whenever new images have arrived, until none has come for a while.
struct ArrivalWatch {
  /// The images that are complete.
  struct Round {
    /// Their paths; what failed and has not changed since is left out, but for the last round.
    let images: Set<String>
    /// Whether this is the first round.
    let isFirst: Bool
    /// Whether nothing more is waited for.
    let isLast: Bool
  }

  private let inputs: [String]
  private let idle: Double
  /// The seconds from one look to the next.
  private let interval: Double

  /// Watches files and folders until nothing new has come for `idle` seconds.
  init(_ inputs: [String], idle: Double) {
    self.inputs = inputs
    self.idle = idle
    interval = min(5, max(0.2, idle / 10))
  }

  /// Calls `work` for each round; it returns the paths that failed.
  ///
  /// - Throws: What `work` throws, and ``InputError`` where an input does not exist or no image came.
  func run(_ work: (Round) throws -> Set<String>) throws {
    var arriving = ArrivingFiles(quiet: .seconds(2 * interval))
    var taken: [String: Int] = [:]
    var failed: Set<String> = []
    var last = ContinuousClock.now
    var rounds = 0
    while Interruption.requested == nil {
      let complete = arriving.complete(
        try images(), now: .now, date: Int(Date.now.timeIntervalSince1970 * 1e9))
      let new = complete.filter { taken[$0] != arriving.version(of: $0) }
      if !new.isEmpty {
        let images = complete.subtracting(failed.subtracting(new))
        failed = failed.subtracting(new).union(
          try work(Round(images: images, isFirst: rounds == 0, isLast: false)))
        for path in new { taken[path] = arriving.version(of: path) }
        rounds += 1
        last = .now
      }
      if last.duration(to: .now) > .seconds(idle) { break }
      pause()
    }
    guard !taken.isEmpty || Interruption.requested != nil else {
      // Says what is wrong with the inputs, if anything is.
      _ = try VolumeFiles.list(inputs)
      throw InputError(inputs[0], "no image was complete for \(ProgressLine.duration(idle))")
    }
    if Interruption.requested == nil {
      _ = try work(Round(images: Set(taken.keys), isFirst: false, isLast: true))
    }
  }

  /// All images that are there.
  private func images() throws -> [String] {
    do {
      return try VolumeFiles.list(inputs).map(\.path)
    } catch {
      // Folders may be empty yet.
      for input in inputs { _ = try VolumeFiles.isFolder(input) }
      return []
    }
  }

  private func pause() {
    let end = ContinuousClock.now + .seconds(interval)
    while ContinuousClock.now < end, Interruption.requested == nil {
      Thread.sleep(forTimeInterval: 0.1)
    }
  }
}

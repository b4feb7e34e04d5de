import Compute
import Foundation
import Microscopy

/// Leads a conversion through its frames: which are done already, when to stop, what to tell.
final class ConversionProgress {
  /// Somebody asked to stop.
  struct Stop: Error {}

  /// An error of a frame, which has been told.
  struct Told: Error {
    let error: any Error
  }

  /// How an image is read for an output.
  struct Reading {
    /// 0 for the image of an output, then its label images.
    let image: Int
    let input: ImageConversion.Input
    let channels: [Int]
    let type: SampleType
  }

  private let conversion: ImageConversion
  private let shouldStop: () -> Bool
  private let report: (FrameEvent) throws -> Void
  private var done = 0
  private var total: Int
  /// Whether a record needs to know what was written.
  private let isRecorded: Bool
  private var unfinished: UnfinishedOutput?
  private var digests: [String] = []
  /// The frames of the current output that were done and are made again.
  private(set) var changed = 0

  /// Progress through this number of frames.
  init(
    _ conversion: ImageConversion, frames: Int, isRecorded: Bool,
    shouldStop: @escaping () -> Bool, report: @escaping (FrameEvent) throws -> Void
  ) {
    self.conversion = conversion
    total = frames
    self.isRecorded = isRecorded
    self.shouldStop = shouldStop
    self.report = report
  }

  /// Leaves out frames of outputs that are done.
  func leaveOut(_ frames: Int) { total -= frames }

  /// Begins an output, of which some frames may be done.
  func begin(_ unfinished: UnfinishedOutput?) {
    self.unfinished = unfinished
    total -= unfinished?.frames.count ?? 0
    digests = []
    changed = 0
  }

  /// The SHA-256 of all samples of the current output.
  func samples() throws -> String { try Self.digest(digests) }

  /// Writes a frame of the current output, unless it is done.
  ///
  /// - Parameters:
  ///   - reading: The image.
  ///   - frame: The frame, from 0.
  ///   - files: The files that the frame becomes, inside the unfinished output.
  ///   - write: Writes the samples of a channel, counted from 0 among those that are written.
  /// - Returns: What is known of the frame.
  @discardableResult
  func frame(
    _ reading: Reading, _ frame: Int, files: [String],
    _ write: (SampleVolume, _ channel: Int, inout ConversionFrame) throws -> Void
  ) throws -> ConversionFrame {
    let input = reading.input
    var record = ConversionFrame(
      image: reading.image, frame: frame, input: ConversionFrame.File(input.file(frame)))
    if let known = try finished(record, reading, files) {
      digests.append(known.samples)
      return known
    }
    if shouldStop() { throw Stop() }
    var effort = FrameEffort()
    var problem: (any Error)?
    ProcessMemory.resetPeak()
    let start = ContinuousClock.now
    do {
      record.samples = try samples(reading, frame) { try write($0, $1, &record) }
      try unfinished?.record(record, files: files)
    } catch {
      if SystemCode.isFullDisk(error) { throw error }
      problem = error
    }
    effort.seconds = start.duration(to: .now).inSeconds
    effort.peakMemory = ProcessMemory.peakBytes
    done += 1
    var outcome = FrameOutcome(
      series: input.name, name: input.name + (input.frames > 1 ? "_t\(input.time(frame))" : ""),
      path: input.file(frame), time: input.time(frame), effort)
    outcome.error = problem
    try report(
      .frame(
        outcome,
        RunProgress(
          done: done, total: total, share: Double(done) / Double(max(1, total)), running: [])))
    if let problem { throw Told(error: problem) }
    digests.append(record.samples)
    return record
  }

  /// A frame that is done, and would be written again as it is.
  private func finished(
    _ now: ConversionFrame, _ reading: Reading, _ files: [String]
  ) throws -> ConversionFrame? {
    guard let unfinished, unfinished.frames[now.key] != nil else { return nil }
    if let known = unfinished.finished(now.key, files: files),
      known.input.isSurely(now.input)
        || (try? samples(reading, now.frame) { _, _ in }) == known.samples
    {
      return known
    }
    changed += 1
    total += 1
    return nil
  }

  /// Reads the channels of a frame, hands them on, and gives their SHA-256.
  private func samples(
    _ reading: Reading, _ frame: Int, _ body: (SampleVolume, Int) throws -> Void
  ) throws -> String {
    var digests: [String] = []
    for (index, channel) in reading.channels.enumerated() {
      let volume = try conversion.volume(
        reading.input, channel: channel, frame: frame, as: reading.type)
      if isRecorded || unfinished != nil {
        digests.append(try volume.digest(name: reading.input.source.path))
      }
      try body(volume, index)
    }
    return try Self.digest(digests)
  }

  /// The SHA-256 of all samples of images, as they would be written.
  func samples(of readings: [Reading]) throws -> String {
    var digests: [String] = []
    for reading in readings {
      for frame in 0..<reading.input.frames {
        if shouldStop() { throw Stop() }
        digests.append(try samples(reading, frame) { _, _ in })
      }
    }
    return try Self.digest(digests)
  }

  private static func digest(_ digests: [String]) throws -> String {
    try SHA256.digest(of: Data(digests.joined(separator: "\n").utf8), name: "samples")
  }
}

extension SampleVolume {
  /// The SHA-256 of the samples; `name` stands for them where the system lacks memory.
  fileprivate func digest(name: String) throws -> String {
    var position = 0
    return try SHA256.digest(named: name) {
      let end = min(bytes.count, position + 1 << 20)
      defer { position = end }
      return Data(bytes[position..<end])
    }
  }
}

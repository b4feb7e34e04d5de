import Compute
import Foundation
import Microscopy

/// Converts series, each to an output of its own, and goes on where an earlier run was stopped.
///
/// A TIFF is made in one go. The frames of an OME-Zarr image or a folder of the Cell Tracking
/// Challenge are kept in an ``UnfinishedOutput`` until all are there. If there are several outputs,
/// those that are finished are recorded in a ``ConversionLedger``.
package struct ConversionRun {
  /// What a run tells.
  package enum Event {
    /// Notes, and frames that are done or failed.
    case frames(FrameEvent)
    /// A series has become its output.
    case written(input: String, output: String)
    /// An output could not be made; others go on.
    case failed(any Error)
  }

  /// What became of a run.
  package struct Summary: Sendable {
    /// The outputs that are there, of this run and of earlier ones.
    package var done = 0
    /// The outputs that failed.
    package var failures = 0
    /// Why the last one did.
    package var error: (any Error)?
    /// Whether it was stopped before its end.
    package var isInterrupted = false
  }

  /// How series are converted.
  package let conversion: ImageConversion
  /// The series and their outputs.
  package let outputs: [(input: ImageConversion.Input, path: String)]
  /// The label images that come into the only output.
  package let labels: [ImageConversion.Input]
  /// Other files that are read.
  package let others: [String]
  /// The folder of several outputs; nil for a single one.
  package let folder: String?

  /// A run; nothing is read or written yet.
  package init(
    _ conversion: ImageConversion,
    outputs: [(input: ImageConversion.Input, path: String)], labels: [ImageConversion.Input] = [],
    others: [String] = [], folder: String?
  ) {
    self.conversion = conversion
    self.outputs = outputs
    self.labels = labels
    self.others = others
    self.folder = folder
  }

  /// Makes the outputs that are not there yet, or until `shouldStop` returns true.
  ///
  /// - Throws: An error of one line if outputs may not be written, or the disk is full. What is done
  ///   by then is kept.
  package func run(
    shouldStop: @escaping () -> Bool = { false },
    report: @escaping (Event) throws -> Void = { _ in }
  ) throws -> Summary {
    try conversion.checkInputs(outputs, inputs: outputs.map(\.input) + labels, others: others)
    let works = try outputs.map { try Work($0.input, labels, to: $0.path, conversion) }
    // What killed processes have left, also if there is nothing else to do.
    for parent in Set(works.compactMap(\.place).map(FileSystem.parent)).sorted() {
      AtomicFile.sweep(parent.isEmpty ? "." : parent)
    }
    let frames = works.reduce(0) { $0 + $1.frames }
    let progress = ConversionProgress(
      conversion, frames: frames, isRecorded: folder != nil, shouldStop: shouldStop,
      report: { try report(.frames($0)) })
    let ledger = try openLedger()
    var summary = Summary()
    do {
      let rest = try works.filter { try !isDone($0, ledger, progress) }
      summary.done = works.count - rest.count
      if summary.done > 0 { try report(.frames(.notes([doneNote(summary.done)]))) }
      progress.leaveOut(frames - rest.reduce(0) { $0 + $1.frames })
      for work in rest {
        do {
          try convert(work, ledger, progress, report)
          summary.done += 1
        } catch let error where !(error is ConversionProgress.Stop) {
          if SystemCode.isFullDisk(error) { throw error }
          summary.failures += 1
          if let told = error as? ConversionProgress.Told {
            summary.error = told.error
          } else {
            summary.error = error
            try report(.failed(error))
          }
        }
      }
    } catch is ConversionProgress.Stop {
      summary.isInterrupted = true
    }
    return summary
  }

  private func doneNote(_ done: Int) -> String {
    guard folder != nil else { return "\(outputs[0].path) is done already" }
    return done == outputs.count
      ? "all \(done.counted("output")) are done already"
      : "\(done) of \(outputs.count.counted("output")) \(done == 1 ? "is" : "are") done; going on"
  }

  private func openLedger() throws -> ConversionLedger? {
    guard let folder else { return nil }
    try Folder.make(folder)
    return try ConversionLedger(of: folder)
  }

  /// Whether an output is there as it would be written.
  ///
  /// - Throws: ``InputError`` where something else is there that may not be replaced.
  private func isDone(
    _ work: Work, _ ledger: ConversionLedger?, _ progress: ConversionProgress
  ) throws -> Bool {
    if let place = work.place,
      try UnfinishedOutput.completePublishing(
        to: place, named: work.path, work.settings,
        whenNamed: {
          try ledger?.record(
            work.path, at: place, work.settings, work.inputs,
            samples: try progress.samples(of: work.readings))
        })
    {
      return true
    }
    if !conversion.replaces, let ledger {
      let state = try ledger.state(of: work.path, work.settings, work.inputs) {
        try progress.samples(of: work.readings)
      }
      switch state {
      case .done: return true
      case .differs(let difference):
        throw InputError(
          work.path, "is the result of other inputs or settings: \(difference)",
          advice: .replaceOutput)
      case .unknown: break
      }
    }
    try conversion.checkReplacing(work.path, work.output.input)
    return false
  }

  /// Makes an output.
  private func convert(
    _ work: Work, _ ledger: ConversionLedger?, _ progress: ConversionProgress,
    _ report: (Event) throws -> Void
  ) throws {
    try ImageConversion.prepareFolder(of: work.path)
    var notes = conversion.notes(work.output.input, labels: labels, to: work.path)
    let record: (String) throws -> Void = { path in
      try ledger?.record(
        work.path, at: path, work.settings, work.inputs, samples: try progress.samples())
    }
    switch conversion.format {
    case .imageJ, .omeTIFF:
      progress.begin(nil)
      try conversion.writeTIFF(work.output, work.readings[0], progress, whenComplete: record)
    case .omeZarr, .ctc: notes += try convertFrames(work, progress, report, whenNamed: record)
    }
    try report(.frames(.notes(notes)))
    try report(.written(input: work.output.input.source.path, output: work.path))
  }

  /// Makes an output whose frames are kept until all are there; returns notes for the user.
  private func convertFrames(
    _ work: Work, _ progress: ConversionProgress, _ report: (Event) throws -> Void,
    whenNamed: (String) throws -> Void
  ) throws -> [String] {
    guard let place = work.place else {
      throw InputError(work.path, "is not a place for a folder", advice: .chooseOutput)
    }
    let unfinished = try UnfinishedOutput(
      for: place, named: work.path, work.settings, overwriting: conversion.replaces)
    let known = unfinished.frames.count
    if known > 0 {
      let note =
        "\(work.path): \(known) of \(work.frames.counted("frame")) "
        + "\(known == 1 ? "is" : "are") done; going on"
      try report(.frames(.notes([note])))
    }
    progress.begin(unfinished)
    var notes: [String] = []
    do {
      if conversion.format == .omeZarr {
        try conversion.writeZarr(work.output, work.readings, in: unfinished.content, progress)
      } else {
        notes += try conversion.writeCTC(
          work.output, work.readings[0], in: unfinished.content, progress)
      }
      try unfinished.publish { try whenNamed(place) }
    } catch {
      if unfinished.keepIfUsed() {
        let note = "what is done of \(work.path) is kept; the same command goes on"
        try report(.frames(.notes([note])))
      }
      throw error
    }
    if progress.changed > 0 {
      notes.append(
        "\(work.path): \(progress.changed.counted("frame")) changed since; made again")
    }
    return notes
  }

  /// An output that is to be made.
  private struct Work {
    let output: ImageConversion.Output
    /// Where it will be, behind all links; nil for a pipe or a device.
    let place: String?
    /// The images that are read for it.
    let readings: [ConversionProgress.Reading]
    /// What it depends on besides the frames.
    let settings: JobSettings

    var path: String { output.path }
    var frames: Int { readings.reduce(0) { $0 + $1.input.frames } }
    var inputs: [ConversionFrame.File] {
      readings.flatMap { reading in
        reading.input.source.files.map { ConversionFrame.File($0) }
      }
    }

    init(
      _ input: ImageConversion.Input, _ labels: [ImageConversion.Input], to path: String,
      _ conversion: ImageConversion
    ) throws {
      let output = try conversion.output(input, to: path)
      self.output = output
      place = AtomicFile.place(of: path)
      var readings = [
        ConversionProgress.Reading(
          image: 0, input: input, channels: output.channels, type: output.type)
      ]
      for (index, label) in labels.enumerated() {
        readings.append(
          ConversionProgress.Reading(
            image: index + 1, input: label, channels: Array(0..<label.channels),
            type: conversion.type(label, areLabels: true)))
      }
      self.readings = readings
      settings = try conversion.settings(output, labels: labels)
    }
  }
}

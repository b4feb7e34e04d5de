import Compute
import Foundation
import Networks
import TestSupport
import Training

/// A tiny data set and runs on it, in one folder.
struct TrainingRun {
  let folder: TestFolder

  /// Five volumes, of which the last validates.
  static let names = ["Emb01_t001", "Emb01_t002", "Emb02_t001", "Emb02_t002", "Emb03_t001"]

  init(_ names: [String] = TrainingRun.names, ignored: UInt8? = nil) throws {
    folder = try TestFolder()
    try SyntheticEmbryos.write(names, to: folder.path, ignored: ignored)
  }

  /// Levels 2 and base 2; Emb03 validates unless the overrides say otherwise.
  func configuration(
    _ overrides: String..., validation: String? = "Emb03_*"
  ) throws -> TrainingConfiguration {
    try configuration(overrides: overrides, validation: validation)
  }

  /// The same from a list of overrides.
  func configuration(
    overrides: [String], validation: String? = "Emb03_*"
  ) throws -> TrainingConfiguration {
    let selection = validation.map { "validation: \"\($0)\"" } ?? ""
    return try TrainingConfiguration(
      yaml: """
        network: {kind: nsn, levels: 2, base: 2}
        data:
          images: images
          targets: nsn
          \(selection)
        optimizer: {learning_rate: 0.01}
        training: {epochs: 3}
        """, name: "tiny.yaml", overrides: overrides, fileDirectory: folder.path,
      defaultName: "tiny")
  }

  /// The files of the run of this name.
  func files(_ name: String) -> RunFolder { RunFolder(folder.path + "/runs/" + name) }

  /// Trains, or goes on with `resuming`; stops after `updates` updates of this call.
  @discardableResult
  func train(
    _ configuration: TrainingConfiguration, _ name: String, stoppingAfter updates: Int? = nil,
    resuming: Bool = false, threads: Int = 1, fold: String? = nil
  ) throws -> (outcome: Trainer.Outcome, events: [TrainingEvent]) {
    try Parallel.$threads.withValue(threads) {
      var trainer = try Trainer(
        configuration, output: files(name).path, fold: fold, resuming: resuming)
      var events: [TrainingEvent] = []
      var made = 0
      let outcome = try trainer.run(shouldStop: { updates.map { made >= $0 } ?? false }) {
        if case .step = $0 { made += 1 }
        events.append($0)
      }
      return (outcome, events)
    }
  }

  /// Everything a run left behind but its times.
  func result(_ name: String) throws -> Result { try Result(files(name)) }

  /// Bits of a run's files.
  struct Result: Equatable {
    /// Every array of the checkpoint by name: shape and bits.
    let checkpoint: [String: [UInt64]]
    /// The checkpoint's metadata without seconds.
    let position: String
    /// Every array of the best weights.
    let best: [String: [UInt64]]
    /// The table without its last column.
    let history: [String]

    init(_ files: RunFolder) throws {
      let last = try SafeTensors(contentsOf: files.last)
      checkpoint = Self.bits(last)
      best =
        FileManager.default.fileExists(atPath: files.best)
        ? Self.bits(try SafeTensors(contentsOf: files.best)) : [:]
      let metadata = last.metadata.filter { $0.key != "training_configuration" }
      position = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        .joined(separator: "\n")
        .replacing(#/"seconds":[^,}]*/#, with: "\"seconds\":0")
      history =
        FileManager.default.fileExists(atPath: files.history)
        ? try String(contentsOfFile: files.history, encoding: .utf8)
          .split(separator: "\n").map { row in
            row.split(separator: ",", omittingEmptySubsequences: false).dropLast()
              .joined(separator: ",")
          } : []
    }

    private static func bits(_ file: SafeTensors) -> [String: [UInt64]] {
      file.arrays.mapValues { array in
        let shape = array.shape.dimensions.map { UInt64($0) }
        switch array {
        case .float32(let tensor): return shape + tensor.bits.map(UInt64.init)
        case .float64(let values, _): return shape + values.map(\.bitPattern)
        case .int64(let values, _): return shape + values.map { UInt64(bitPattern: $0) }
        }
      }
    }
  }
}

extension [TrainingEvent] {
  /// The records of the epochs.
  var records: [EpochRecord] {
    compactMap { if case .epoch(let record, _) = $0 { record } else { nil } }
  }

  /// The progress of the updates.
  var steps: [StepProgress] {
    compactMap { if case .step(let progress) = $0 { progress } else { nil } }
  }
}

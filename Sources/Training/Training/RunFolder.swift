import Compute
import Foundation

/// The files of one training run.
package struct RunFolder: Sendable, Hashable {
  /// The folder.
  package let path: String

  /// The run in this folder.
  package init(_ path: String) { self.path = path }

  /// The weights with the best validation IoU; of the last epoch if nothing validates.
  package var best: String { path + "/best.safetensors" }
  /// The last checkpoint, from which training can go on.
  package var last: String { path + "/last.safetensors" }
  /// One row per epoch.
  package var history: String { path + "/history.csv" }
  /// The configuration with all its values.
  package var configuration: String { path + "/config.yaml" }

  /// Throws unless the folder holds a checkpoint to resume from, or no run if none is to be
  /// resumed.
  func check(resuming: Bool) throws(TrainingError) {
    let hasCheckpoint = FileSystem.exists(last)
    if resuming {
      guard hasCheckpoint else {
        throw TrainingError(last, "there is no checkpoint to resume from", advice: .checkOutput)
      }
      return
    }
    guard !hasCheckpoint else {
      throw TrainingError(path, "already holds a run", advice: .resumeRun)
    }
    guard !FileSystem.exists(best) else {
      throw TrainingError(best, "holds the weights of an earlier run", advice: .chooseOutput)
    }
  }

  func create() throws(TrainingError) {
    do throws(FileError) { try FileSystem.makeFolder(path) } catch {
      throw TrainingError(
        path, "the folder cannot be made: \(error.reason)", advice: .chooseOutput)
    }
  }

  func write(configuration: TrainingConfiguration) throws {
    try AtomicFile.write(to: self.configuration) {
      try $0.write(contentsOf: Data(configuration.yaml.utf8))
    }
  }
}

import Compute
import Foundation
import Segmentation

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

  /// Whether the folder holds a checkpoint to resume from.
  ///
  /// A run that was killed before its first checkpoint is resumed from its beginning.
  ///
  /// - Throws: `TrainingError` if a run is to begin and the folder holds one, or if it holds
  ///   weights that the run would replace and that it cannot make again.
  func hasCheckpoint(resuming: Bool) throws(TrainingError) -> Bool {
    if FileSystem.exists(last) {
      guard resuming else {
        throw TrainingError(path, "already holds a run", advice: .resumeRun)
      }
      return true
    }
    if FileSystem.exists(best), !resuming || !isOfFirstEpoch(best) {
      throw TrainingError(best, "holds the weights of an earlier run", advice: .chooseOutput)
    }
    return false
  }

  /// Whether weights are of a first epoch, which a run from the beginning makes again: versions
  /// before 0.2 could be killed between them and their checkpoint.
  private func isOfFirstEpoch(_ path: String) -> Bool {
    (try? Model(contentsOf: path)).map { $0.description.epochs <= 1 } ?? false
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

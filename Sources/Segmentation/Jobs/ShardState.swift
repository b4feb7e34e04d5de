import Compute
import Foundation
import Microscopy

/// What a shard leaves in the folder of the job beside its results, for the one that joins them:
/// `.morula/shard-3of8.json`.
struct ShardState: Hashable, Sendable, Codable {
  /// All series of the job, in order.
  var series: [String]
  /// How many frames the job has, those of other shards included.
  var frames: Int
  /// The frames of this shard that failed.
  var failed: [JobRecord.Key] = []
  /// Whether the shard came to its end.
  var isFinished = false

  /// Writes it.
  func write(_ shard: Shard, in folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = try encoder.encode(self) + Data("\n".utf8)
    let path = "\(folder)/\(JobFolder.state)/shard-\(shard.writer).json"
    try AtomicFile.write(to: path) { try $0.write(contentsOf: data) }
  }

  /// Those of all shards that have begun.
  static func all(in folder: String) throws -> [ShardState] {
    let state = folder + "/" + JobFolder.state
    return try FileSystem.names(in: state).sorted()
      .filter { $0.hasPrefix("shard-") && $0.hasSuffix(".json") }
      .map { name in
        let path = state + "/" + name
        let data = try FileSystem.contents(of: path)
        guard let found = try? JSONDecoder().decode(ShardState.self, from: data) else {
          throw InputError(
            path, "does not hold the state of a shard", advice: "remove it and run the shard again")
        }
        return found
      }
  }
}

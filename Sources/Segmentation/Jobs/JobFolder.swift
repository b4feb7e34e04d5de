import Compute
import Foundation
import Microscopy

/// The folder of a job as earlier runs have left it.
struct JobFolder {
  /// The folder inside it for what the job needs to go on.
  static let state = ".morula"
  /// What the commands of jobs write; a folder that holds any of these is in use.
  private static let results = [
    "nuclei.csv", "criteria.csv", "criteria_v2.csv", "run.json", "labels", "masks",
    "probabilities", "centers",
  ]

  private let path: String

  init(_ path: String) { self.path = path }

  private var settingsFile: String { "\(path)/\(Self.state)/job.json" }

  /// The settings of the job that the folder holds; nil if it holds none.
  func settings() throws -> JobSettings? {
    guard FileSystem.exists(settingsFile) else { return nil }
    let data = try FileSystem.contents(of: settingsFile)
    guard let settings = try? JSONDecoder().decode(JobSettings.self, from: data) else {
      throw InputError(settingsFile, "does not hold the settings of a job", advice: .chooseOutput)
    }
    return settings
  }

  /// Throws where the folder holds results that a job of these settings would mix with its own.
  func check(_ settings: JobSettings, overwriting: Bool) throws {
    guard let earlier = try self.settings() else {
      if overwriting { return }
      // Empty folders hold nothing, nor do what killed processes have left.
      let used = Self.results.first { name in
        let result = path + "/" + name
        guard FileSystem.exists(result) else { return false }
        return !FileSystem.isFolder(result)
          || (try? FileSystem.names(in: result))?.contains { !$0.hasPrefix(".") } == true
      }
      if let used {
        throw InputError(
          path, "holds results of a run that cannot be continued (\(used))", advice: .replaceOutput)
      }
      return
    }
    // A job of which nothing is done holds nothing to be mixed, unless shards of it are at work.
    if overwriting {
      if (try? JobManifest.records(in: path).isEmpty) ?? false { return }
    } else if try JobManifest.records(in: path).isEmpty, try ShardState.all(in: path).isEmpty {
      return
    }
    guard earlier.command == settings.command else {
      throw InputError(
        path, "holds the results of `morula \(earlier.command)`", advice: .chooseOutput)
    }
    let differences = settings.differences(from: earlier)
    if !differences.isEmpty, !overwriting {
      throw InputError(
        path, "holds results of other settings: " + differences.joined(separator: "; "),
        advice: .replaceOutput)
    }
  }

  /// Keeps other processes out until the locks go away; shards keep out those of the same part.
  func lock(_ shard: Shard?) throws -> JobLocks {
    try Folder.make(path + "/" + Self.state)
    return try JobLocks(path, shard)
  }

  /// Removes what a job has left: the files that its manifest tells of, its tables and its state.
  func clear(tables: [JobTable]) throws {
    let records = (try? JobManifest.records(in: path)) ?? [:]
    // The manifests go first: what they tell of must be there.
    for name in try FileSystem.names(in: path).filter(JobManifest.isName) {
      FileSystem.remove(path + "/" + name)
    }
    for output in records.values.flatMap(\.outputs) {
      FileSystem.remove(path + "/" + output.path)
    }
    for table in tables {
      FileSystem.remove(path + "/" + table.fileName)
      for series in Set(records.values.map(\.series)) {
        FileSystem.remove("\(path)/\(series)/\(table.fileName)")
      }
    }
    for mark in DerivedMark.all(in: path) where !mark.path.hasPrefix("/") {
      if (try? mark.isOwn(in: path)) == true { FileSystem.remove(path + "/" + mark.path) }
    }
    for name in try FileSystem.names(in: path) where RunRecord.isName(name) {
      FileSystem.remove(path + "/" + name)
    }
    for name in try FileSystem.names(in: path + "/" + Self.state)
    where !name.hasPrefix("lock") && !["begin", "merge"].contains(name) {
      FileSystem.remove("\(path)/\(Self.state)/\(name)")
    }
  }

  /// Checks again, removes what is overwritten, and writes the settings, from where on the folder
  /// is a job's.
  func begin(_ settings: JobSettings, overwriting: Bool, tables: [JobTable]) throws {
    // Shards begin one after the other, so that all agree with the first.
    let turn = try FileLock("\(path)/\(Self.state)/begin", isPatient: true)
    try withExtendedLifetime(turn) {
      try begin(settings, overwriting: overwriting, inTurnWith: tables)
    }
  }

  private func begin(
    _ settings: JobSettings, overwriting: Bool, inTurnWith tables: [JobTable]
  ) throws {
    try check(settings, overwriting: overwriting)
    if overwriting { try clear(tables: tables) }
    if try self.settings() == settings { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(settings) + Data("\n".utf8)
    try AtomicFile.write(to: settingsFile) { try $0.write(contentsOf: data) }
  }
}

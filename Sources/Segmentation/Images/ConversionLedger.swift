import Compute
import Foundation
import Microscopy

/// The outputs that conversions of several series have finished in a folder: `.morula/convert.jsonl`
/// in it.
///
/// A single output has no such record: nothing is left beside it.
final class ConversionLedger {
  /// A finished output.
  private struct Entry: Codable {
    /// Its name in the folder.
    let output: String
    /// The size and date of a file; nil for a folder.
    var bytes: Int?
    var modified: Int?
    /// The number of a folder, which stays when it gets its name; nil for a file.
    var number: UInt64?
    let settings: JobSettings
    let inputs: [ConversionFrame.File]
    /// The SHA-256 of all samples that were written.
    let samples: String
    let finished: String
  }

  /// How an output stands to what is to be done.
  enum State {
    /// It is not recorded, or not there as it was written.
    case unknown
    /// It is what would be written.
    case done
    /// It was written otherwise: what differs.
    case differs(String)
  }

  private let folder: String
  private let lock: FileLock
  private let lines: JSONLines<Entry>
  private var entries: [String: Entry] = [:]

  /// Opens the record of a folder, which is made if there is none.
  ///
  /// - Throws: ``InputError`` where another process writes into the folder.
  init(of folder: String) throws {
    self.folder = folder
    let state = folder + "/" + JobFolder.state
    try Folder.make(state)
    guard let lock = try FileLock(state + "/lock") else {
      let holder = FileLock.holder(of: state + "/lock").map { " (\($0))" } ?? ""
      throw InputError(
        folder, "another run is writing there\(holder)",
        advice: .either("wait for it", .chooseOutput))
    }
    self.lock = lock
    var entries: [String: Entry] = [:]
    lines = try JSONLines(state + "/convert.jsonl") { entries[$0.output] = $0 }
    self.entries = entries
  }

  /// How an output stands to these settings and inputs.
  ///
  /// - Parameter samples: Reads the inputs and gives the SHA-256 of what would be written.
  func state(
    of path: String, _ settings: JobSettings, _ inputs: [ConversionFrame.File],
    samples: () throws -> String
  ) throws -> State {
    guard let entry = entries[FileSystem.lastComponent(of: path)],
      let status = try? FileStatus(of: path),
      status.kind == .folder
        ? status.number == entry.number
        : status.size == entry.bytes && status.modified == entry.modified
    else { return .unknown }
    let differences = settings.differences(from: entry.settings)
    if !differences.isEmpty { return .differs(differences.joined(separator: "; ")) }
    let isSame =
      inputs.count == entry.inputs.count && zip(inputs, entry.inputs).allSatisfy { $0.isSurely($1) }
    if isSame { return .done }
    do {
      if try samples() == entry.samples { return .done }
    } catch let stop as ConversionProgress.Stop {
      throw stop
    } catch {
      return .differs("its input cannot be read as before: \(error)")
    }
    return .differs("its input has changed since")
  }

  /// Records an output that is complete at `place`, where a file may lack its name still.
  func record(
    _ path: String, at place: String, _ settings: JobSettings, _ inputs: [ConversionFrame.File],
    samples: String
  ) throws {
    let status = try FileStatus(of: place)
    let isFolder = status.kind == .folder
    let entry = Entry(
      output: FileSystem.lastComponent(of: path), bytes: isFolder ? nil : status.size,
      modified: isFolder ? nil : status.modified, number: isFolder ? status.number : nil,
      settings: settings, inputs: inputs, samples: samples,
      finished: Date.now.formatted(.iso8601))
    try lines.append(entry)
    entries[entry.output] = entry
  }
}

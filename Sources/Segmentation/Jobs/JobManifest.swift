import Compute
import Foundation
import Microscopy

/// The manifests of a job: files of one line of JSON for each finished frame, which only grow.
///
/// A frame counts as done when its line is complete; a line that a killed process left unfinished
/// is dropped. Where a frame has several lines the last one holds.
enum JobManifest {
  /// The name of a writer's manifest: `manifest.jsonl`, or `manifest-3of8.jsonl` for a shard.
  static func name(writer: String?) -> String {
    writer.map { "manifest-\($0).jsonl" } ?? "manifest.jsonl"
  }

  /// Whether a file in the folder of a job is a manifest.
  static func isName(_ name: String) -> Bool {
    name == "manifest.jsonl" || name.hasPrefix("manifest-") && name.hasSuffix(".jsonl")
  }

  /// All records in a folder, the last one of each frame.
  static func records(in folder: String) throws -> [JobRecord.Key: JobRecord] {
    var records: [JobRecord.Key: JobRecord] = [:]
    for name in try FileSystem.names(in: folder).filter(isName).sorted() {
      for record in try lines(of: folder + "/" + name).records {
        let other = records[record.key]
        if other.map({ $0.finished <= record.finished }) ?? true { records[record.key] = record }
      }
    }
    return records
  }

  /// Opens a writer's manifest for growing; what a killed process left of a line is cut off.
  static func open(_ path: String) throws -> AppendedFile {
    let file = try AppendedFile(path)
    let whole = try lines(of: path).length
    if whole < file.length { try file.cut(to: whole) }
    return file
  }

  /// A record as a line.
  static func line(_ record: JobRecord) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(record) + Data("\n".utf8)
  }

  /// The records of the complete lines of a manifest, and the bytes that those take.
  private static func lines(of path: String) throws -> (records: [JobRecord], length: Int) {
    let data = try FileSystem.contents(of: path)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var records: [JobRecord] = []
    var length = 0
    while let end = data[(data.startIndex + length)...].firstIndex(of: 0x0A) {
      let line = data[(data.startIndex + length)..<end]
      guard let record = try? decoder.decode(JobRecord.self, from: line), record.isInside else {
        // Only the end of a file can be damaged by a process or a machine that stops.
        if data[(end + 1)...].contains(0x0A) {
          throw InputError(
            path, "line \(records.count + 1) is not of a manifest", advice: .replaceOutput)
        }
        break
      }
      records.append(record)
      length = end + 1 - data.startIndex
    }
    return (records, length)
  }
}

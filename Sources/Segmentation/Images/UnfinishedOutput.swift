import Compute
import Foundation
import Microscopy

/// A folder that a conversion fills frame by frame, beside the output that it becomes: an OME-Zarr
/// image or a folder of the Cell Tracking Challenge.
///
/// Its hidden name follows from that of the output, so that the next run finds it again. Nothing of
/// it is in the finished output.
///
/// ```
/// .morula-<16 digits>.unfinished/
///   settings.json   what the output depends on besides the frames
///   frames.jsonl    a line for each frame that is done
///   lock            held while a process writes
///   output/         what becomes the output
///   complete.json   from when on all is there, and only gets its name
/// ```
final class UnfinishedOutput {
  /// The folder that grows.
  let content: String
  /// The frames that are done.
  private(set) var frames: [ConversionFrame.Key: ConversionFrame] = [:]

  private let folder: String
  /// Where the output will be, behind all links.
  private let place: String
  private let path: String
  private let lock: FileLock
  private let lines: JSONLines<ConversionFrame>

  /// The folder for an output.
  private static func folder(for place: String) throws -> String {
    let name = FileSystem.lastComponent(of: place)
    let digits = try SHA256.digest(of: Data(name.pathBytes), name: name).prefix(16)
    let parent = FileSystem.parent(of: place)
    let hidden = ".morula-\(digits).unfinished"
    return parent.isEmpty ? hidden : parent == "/" ? "/" + hidden : "\(parent)/\(hidden)"
  }

  /// Opens what an earlier run has left, or begins.
  ///
  /// - Parameters:
  ///   - place: Where the output will be, behind all links.
  ///   - path: The same as the user named it, for messages.
  ///   - settings: What the output depends on besides the frames.
  ///   - overwriting: Whether what was begun with other settings is removed.
  /// - Throws: ``InputError`` where it is not, or another process writes.
  init(for place: String, named path: String, _ settings: JobSettings, overwriting: Bool) throws {
    self.place = place
    self.path = path
    folder = try Self.folder(for: place)
    content = folder + "/output"
    try Folder.make(folder)
    guard let lock = try FileLock(folder + "/lock") else {
      let holder = FileLock.holder(of: folder + "/lock").map { " (\($0))" } ?? ""
      throw InputError(
        path, "another run is writing it\(holder)",
        advice: .either("wait for it", .chooseOutput))
    }
    self.lock = lock
    let differences = Self.settings(in: folder).map { settings.differences(from: $0) }
    if differences?.isEmpty != true {
      if let differences, !overwriting, Self.hasFrames(folder) {
        throw InputError(
          path,
          "was begun with other settings: " + differences.joined(separator: "; "),
          advice: .replaceOutput)
      }
      for name in try FileSystem.names(in: folder) where name != "lock" {
        FileSystem.remove(folder + "/" + name)
      }
      try Self.write(settings, to: folder + "/settings.json")
    }
    try FileSystem.makeFolder(content)
    AtomicFile.sweep(content)
    var frames: [ConversionFrame.Key: ConversionFrame] = [:]
    lines = try JSONLines(folder + "/frames.jsonl") { frames[$0.key] = $0 }
    self.frames = frames
  }

  private static func hasFrames(_ folder: String) -> Bool {
    ((try? FileStatus(of: folder + "/frames.jsonl"))?.size ?? 0) > 0
  }

  private static func settings(in folder: String) -> JobSettings? {
    let data = try? FileSystem.contents(of: folder + "/settings.json")
    return data.flatMap { try? JSONDecoder().decode(JobSettings.self, from: $0) }
  }

  private static func write(_ value: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(value) + Data("\n".utf8)
    try AtomicFile.write(to: path) { try $0.write(contentsOf: data) }
  }

  /// A frame that is done, if these files of it are as they were written.
  func finished(_ key: ConversionFrame.Key, files: [String]) -> ConversionFrame? {
    guard let frame = frames[key],
      let digest = try? TreeDigest.digest(of: files, in: content), digest == frame.files
    else { return nil }
    return frame
  }

  /// Records a frame whose files are complete.
  func record(_ frame: ConversionFrame, files: [String]) throws {
    var frame = frame
    frame.files = try TreeDigest.digest(of: files, in: content)
    try lines.append(frame)
    frames[frame.key] = frame
  }

  /// Removes the folder unless a frame is done.
  ///
  /// - Returns: Whether it stays.
  func keepIfUsed() -> Bool {
    if frames.isEmpty { Self.discard(folder) }
    return !frames.isEmpty
  }

  /// Removes a folder, under a name that tells other processes to remove what is left of it.
  private static func discard(_ folder: String) {
    let leftover = folder.dropLast(".unfinished".count) + ".partial"
    FileSystem.remove(String(leftover))
    try? FileSystem.rename(folder, to: String(leftover))
    FileSystem.remove(String(leftover))
  }

  /// Gives all that is there the name of the output, and removes the folder.
  ///
  /// - Parameter whenNamed: Called when the output has its name, before the folder is removed.
  func publish(whenNamed: () throws -> Void) throws {
    let isMerged = FileSystem.isFolder(place) && !ZarrImage.isGroup(content)
    let number = try FileStatus(of: content).number
    AtomicFile.synchronize(folder)
    try Self.write(Complete(number: number, isMerged: isMerged), to: folder + "/complete.json")
    try Self.give(content, to: place, path, isMerged: isMerged)
    try whenNamed()
    Self.discard(folder)
  }

  /// What is written when all is there.
  private struct Complete: Codable {
    /// The number of the complete folder, which it keeps when it gets its name.
    let number: UInt64
    /// Whether its files come among those of a folder that is there.
    let isMerged: Bool
  }

  /// Completes an output that only lacked its name when a process ended.
  ///
  /// - Parameters:
  ///   - place: Where the output is or will be, behind all links.
  ///   - path: The same as the user named it, for messages.
  ///   - settings: What the output depends on besides the frames.
  ///   - whenNamed: As of ``publish(whenNamed:)``.
  /// - Returns: Whether there was one of these settings.
  static func completePublishing(
    to place: String, named path: String, _ settings: JobSettings, whenNamed: () throws -> Void
  ) throws -> Bool {
    let folder = try folder(for: place)
    guard let data = try? FileSystem.contents(of: folder + "/complete.json"),
      let complete = try? JSONDecoder().decode(Complete.self, from: data),
      Self.settings(in: folder) == settings, let lock = try FileLock(folder + "/lock")
    else { return false }
    defer { withExtendedLifetime(lock) {} }
    let content = folder + "/output"
    // What has its name already is not exchanged for what it has replaced.
    let isNamed = (try? FileStatus(of: place).number) == complete.number
    let isThere = (try? FileStatus(of: content).number) == complete.number
    let isPossible = complete.isMerged ? isThere && FileSystem.isFolder(place) : isThere || isNamed
    if isPossible {
      if !isNamed { try give(content, to: place, path, isMerged: complete.isMerged) }
      try whenNamed()
    }
    discard(folder)
    return isPossible
  }

  /// Gives a complete folder its name, or its files their names among those of a folder.
  private static func give(
    _ content: String, to place: String, _ path: String, isMerged: Bool
  ) throws {
    do throws(FileError) {
      guard isMerged else { return try AtomicFile.publish(folder: content, as: place) }
      for name in try FileSystem.names(in: content).sorted() {
        try FileSystem.rename(content + "/" + name, to: place + "/" + name)
      }
    } catch { throw InputError(path, "cannot be made", error) }
  }
}

import Compute
import Foundation

/// Writes series as an OME-Zarr image with levels of resolution, and label images inside of it.
///
/// ```swift
/// let writer = try ZarrWriter(to: "embryo.zarr", version: .v04)
/// try writer.begin(.image, description)
/// for frame in 0..<502 { try writer.append(volume, channel: 0, frame: frame) }
/// try writer.begin(.labels("nuclei"), labelDescription)
/// …
/// try writer.finish()
/// ```
///
/// The folder grows under another name beside its own, which it gets in
/// ``finish(replacing:whenComplete:)``; a writer that is released before leaves nothing.
package final class ZarrWriter {
  /// The version of NGFF.
  package enum Version: String, Sendable, CaseIterable {
    /// Version 0.4, with Zarr 2: what most programs read.
    case v04 = "0.4"
    /// Version 0.5, with Zarr 3.
    case v05 = "0.5"
  }

  /// What an image is.
  package enum Kind: Sendable, Hashable {
    /// Intensities, the folder's image.
    case image
    /// Labels beside the image, in `labels/<name>`.
    case labels(String)
    /// Labels that are the folder's only image.
    case labelsAlone
    /// The same in a folder that lies in `labels` of the image that they belong to.
    case labelsOfImage
  }

  /// The folder that is made.
  package let path: String

  private let version: Version
  /// Where the folder grows.
  private let root: String
  /// The folder under its other name; nil if the caller gives it its own.
  private let draft: AtomicFile.Draft?
  private var current:
    (kind: Kind, description: SeriesDescription, pyramid: ZarrPyramid, arrays: [ZarrArray])?
  /// The smallest and the largest value of each channel of the image so far.
  private var ranges: [ClosedRange<Double>?] = []
  private var labelNames: [String] = []
  private var isFinished = false

  /// Begins a folder beside which nothing of that name may be.
  package init(to path: String, version: Version = .v04) throws(InputError) {
    let clean = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.path = clean
    self.version = version
    let draft = AtomicFile.Draft(for: clean)
    do throws(FileError) { try draft.createFolder() } catch { throw InputError(error) }
    root = draft.path
    self.draft = draft
  }

  /// Begins a folder, or goes on with one that a writer of the same images left unfinished, where
  /// the caller wants it; the caller keeps it.
  ///
  /// - Parameters:
  ///   - folder: Where it grows.
  ///   - path: What it will be called, for messages.
  ///   - version: The version of NGFF.
  package init(growing folder: String, for path: String, version: Version) throws(InputError) {
    self.path = path
    self.version = version
    root = folder
    draft = nil
    try Self.makeFolder(folder, path)
  }

  deinit {
    if !isFinished { draft?.remove() }
  }

  /// Begins an image; its volumes follow.
  ///
  /// - Parameters:
  ///   - kind: What it is.
  ///   - description: The series.
  ///   - grid: Where its samples lie; nil for what the description says.
  package func begin(
    _ kind: Kind, _ description: SeriesDescription, grid: ZarrGrid? = nil
  ) throws(InputError) {
    try complete()
    precondition(
      SeriesDescription.types.contains(description.type),
      "no image of \(description.type) is written")
    let pyramid = ZarrPyramid(description.extent, voxelSize: description.calibration.voxelSize)
    // Other programs take the axes of labels and image for the same only without a single channel.
    let channels = description.channels > 1 ? [description.channels] : []
    let arrays = pyramid.extents.map { extent in
      // About a MiB or two, so that a plane and a volume both take few files.
      ZarrArray(
        shape: [description.frames] + channels + [extent.depth, extent.height, extent.width],
        chunks: [1] + channels.map { _ in 1 }
          + [min(extent.depth, 16), min(extent.height, 256), min(extent.width, 256)],
        description.type)
    }
    current = (kind, description, pyramid, arrays)
    ranges = [ClosedRange<Double>?](repeating: nil, count: description.channels)
    let folder = self.folder(kind)
    try Self.makeFolder(folder, path)
    let metadata = ZarrMetadata(version: version)
    if case .labels(let name) = kind {
      labelNames.append(name)
      try write(metadata.labelGroup(labelNames), in: root + "/labels")
    }
    try write(metadata.image(description, pyramid, kind, grid: grid), in: folder)
    for (level, array) in arrays.enumerated() {
      try Self.makeFolder("\(folder)/\(level)", path)
      try write(metadata.array(array), in: "\(folder)/\(level)")
    }
  }

  /// Writes the volume of a channel and frame of the image that was begun last, in all levels.
  ///
  /// - Returns: The smallest and the largest value, if the image states them.
  @discardableResult
  package func append(
    _ volume: SampleVolume, channel: Int, frame: Int
  ) throws(InputError) -> ClosedRange<Double>? {
    guard let (kind, description, pyramid, arrays) = current else {
      preconditionFailure("volumes follow the beginning of an image")
    }
    precondition(
      volume.extent == description.extent && volume.type == description.type
        && (0..<description.channels).contains(channel)
        && (0..<description.frames).contains(frame), "a volume that was not announced")
    var volume = volume
    let range = statesRanges ? volume.range : nil
    include(range, ofChannel: channel)
    for (level, array) in arrays.enumerated() {
      if level > 0 {
        let (now, before) = (pyramid.factors[level], pyramid.factors[level - 1])
        volume = volume.reduced(
          by: (now.z / before.z, now.y / before.y, now.x / before.x), areLabels: kind != .image)
      }
      try write(volume, to: array, in: "\(folder(kind))/\(level)", channel: channel, frame: frame)
    }
    return range
  }

  /// Takes account of the values of a volume that is there already.
  package func include(_ range: ClosedRange<Double>?, ofChannel channel: Int) {
    guard let range else { return }
    let other = ranges[channel] ?? range
    ranges[channel] =
      min(range.lowerBound, other.lowerBound)...max(range.upperBound, other.upperBound)
  }

  /// The files of a frame of the image that was begun last, as paths inside the folder.
  package func files(frame: Int) -> [String] {
    guard let (kind, description, _, arrays) = current else { return [] }
    let start = String(folder(kind).dropFirst(root.count + 1))
    return arrays.enumerated().flatMap { level, array in
      (0..<description.channels).flatMap { channel in
        let counts = Self.counts(array)
        return (0..<counts.reduce(1, *)).map { job in
          (start.isEmpty ? "" : start + "/") + "\(level)/"
            + chunk(job, counts, array, channel: channel, frame: frame)
        }
      }
    }
  }

  /// Whether the image that was begun last states the smallest and largest value of its channels.
  private var statesRanges: Bool {
    current.map { $0.kind == .image && $0.description.hasKnownChannels } ?? false
  }

  /// Writes what is known of the image that was begun last only when all of it is there.
  private func complete() throws(InputError) {
    guard statesRanges, let (kind, description, pyramid, _) = current else { return }
    let metadata = ZarrMetadata(version: version)
    try write(metadata.image(description, pyramid, kind, ranges: ranges), in: folder(kind))
  }

  /// Completes the folder and gives it its name, unless the caller does that.
  ///
  /// - Parameters:
  ///   - replacing: Whether an earlier folder of that name is replaced: it stays until this one has
  ///     its name, and is removed then.
  ///   - whenComplete: Called before with the path at which the folder is complete.
  package func finish(
    replacing: Bool = false, whenComplete: (_ path: String) throws -> Void
  ) throws {
    precondition(!isFinished, "an image is finished once")
    try complete()
    try whenComplete(root)
    do throws(FileError) {
      if replacing { try draft?.publishFolder() } else { try draft?.publish() }
    } catch { throw InputError(path, "cannot be made", error) }
    isFinished = true
  }

  /// Completes the folder and gives it its name, unless the caller does that.
  package func finish(replacing: Bool = false) throws {
    try finish(replacing: replacing) { _ in }
  }

  private func folder(_ kind: Kind) -> String {
    if case .labels(let name) = kind { return "\(root)/labels/\(name)" }
    return root
  }

  private static func makeFolder(_ folder: String, _ path: String) throws(InputError) {
    do throws(FileError) { try FileSystem.makeFolder(folder) } catch {
      throw InputError(path, "the folder cannot be made", error)
    }
  }

  /// Writes the files of metadata of a folder.
  private func write(_ files: [(name: String, text: Data)], in folder: String) throws(InputError) {
    for (name, text) in files {
      try Self.write([UInt8](text), to: "\(folder)/\(name)", of: path)
    }
  }

  private static func write(
    _ bytes: [UInt8], to file: String, of path: String
  ) throws(InputError) {
    do throws(FileError) { try FileSystem.write(bytes, to: file) } catch {
      throw InputError(path, "could not be written", error)
    }
  }

  /// The chunks of a volume along z, y, x.
  private static func counts(_ array: ZarrArray) -> [Int] {
    let rank = array.shape.count
    return (rank - 3..<rank).map(array.chunkCount)
  }

  /// The path of a chunk of a volume in the folder of its array.
  private func chunk(
    _ job: Int, _ counts: [Int], _ array: ZarrArray, channel: Int, frame: Int
  ) -> String {
    let (z, y, x) = (job / counts[2] / counts[1], job / counts[2] % counts[1], job % counts[2])
    let outer = array.shape.count > 4 ? "\(frame)/\(channel)" : "\(frame)"
    return "\(ZarrMetadata(version: version).prefix)\(outer)/\(z)/\(y)/\(x)"
  }

  /// Writes the chunks of a volume.
  private func write(
    _ volume: SampleVolume, to array: ZarrArray, in folder: String, channel: Int, frame: Int
  ) throws(InputError) {
    let counts = Self.counts(array)
    func path(_ job: Int) -> String {
      folder + "/" + chunk(job, counts, array, channel: channel, frame: frame)
    }
    let files = (0..<counts.reduce(1, *)).map(path)
    for row in stride(from: 0, to: files.count, by: counts[2]) {
      try Self.makeFolder(FileSystem.parent(of: files[row]), self.path)
    }
    let failure = Guarded<InputError?>(nil)
    let image = self.path
    Parallel.forEach(files.count) { job, _ in
      let (z, y, x) = (job / counts[2] / counts[1], job / counts[2] % counts[1], job % counts[2])
      let chunk = volume.chunk(z, y, x, of: Array(array.chunks.suffix(3)))
      do throws(InputError) {
        guard let data = ChunkCodec.blosc(chunk, sampleSize: array.type.bits / 8) else {
          throw InputError(image, "has a chunk that Blosc does not take")
        }
        try Self.write(data, to: files[job], of: image)
      } catch { failure.withLock { $0 = $0 ?? error } }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}

extension SampleVolume {
  /// The smallest and the largest finite value.
  fileprivate var range: ClosedRange<Double>? {
    var (low, high) = (Double.infinity, -Double.infinity)
    bytes.forEachValue(of: type) { _, value in
      if value < low, value.isFinite { low = value }
      if value > high, value.isFinite { high = value }
    }
    return low <= high ? low...high : nil
  }

  /// The bytes of a chunk, filled up with zeros where it reaches over the volume.
  fileprivate func chunk(_ z: Int, _ y: Int, _ x: Int, of edges: [Int]) -> [UInt8] {
    let size = type.bits / 8
    var chunk = [UInt8](repeating: 0, count: edges.reduce(size, *))
    let (rows, columns) = (edges[1], edges[2])
    let width = min(columns, extent.width - x * columns) * size
    for k in 0..<min(edges[0], extent.depth - z * edges[0]) {
      for j in 0..<min(rows, extent.height - y * rows) {
        let source =
          (((z * edges[0] + k) * extent.height + y * rows + j) * extent.width + x * columns) * size
        let target = (k * rows + j) * columns * size
        chunk.replaceSubrange(target..<target + width, with: bytes[source..<source + width])
      }
    }
    return chunk
  }
}

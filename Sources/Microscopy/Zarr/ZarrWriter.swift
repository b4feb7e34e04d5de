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
/// The folder grows under another name beside its own, which it gets in ``finish()``; a writer that
/// is released before leaves nothing.
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
  }

  /// The folder that ``finish()`` makes.
  package let path: String

  private let version: Version
  private let draft: AtomicFile.Draft
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
    draft = AtomicFile.Draft(for: clean)
    do throws(FileError) { try draft.createFolder() } catch { throw InputError(error) }
  }

  deinit {
    if !isFinished { draft.remove() }
  }

  /// Begins an image; its volumes follow.
  package func begin(_ kind: Kind, _ description: SeriesDescription) throws(InputError) {
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
      try write(metadata.labelGroup(labelNames), in: draft.path + "/labels")
    }
    try write(metadata.image(description, pyramid, kind), in: folder)
    for (level, array) in arrays.enumerated() {
      try Self.makeFolder("\(folder)/\(level)", path)
      try write(metadata.array(array), in: "\(folder)/\(level)")
    }
  }

  /// Writes the volume of a channel and frame of the image that was begun last, in all levels.
  package func append(_ volume: SampleVolume, channel: Int, frame: Int) throws(InputError) {
    guard let (kind, description, pyramid, arrays) = current else {
      preconditionFailure("volumes follow the beginning of an image")
    }
    precondition(
      volume.extent == description.extent && volume.type == description.type
        && (0..<description.channels).contains(channel)
        && (0..<description.frames).contains(frame), "a volume that was not announced")
    var volume = volume
    if kind == .image, description.hasKnownChannels {
      ranges[channel] = volume.range(with: ranges[channel])
      if frame == description.frames - 1, channel == description.channels - 1 {
        let metadata = ZarrMetadata(version: version)
        try write(metadata.image(description, pyramid, kind, ranges: ranges), in: folder(kind))
      }
    }
    for (level, array) in arrays.enumerated() {
      if level > 0 {
        let (now, before) = (pyramid.factors[level], pyramid.factors[level - 1])
        volume = volume.reduced(
          by: (now.z / before.z, now.y / before.y, now.x / before.x), areLabels: kind != .image)
      }
      try write(volume, to: array, in: "\(folder(kind))/\(level)", channel: channel, frame: frame)
    }
  }

  /// Gives the folder its name.
  ///
  /// - Parameter replacing: Whether an earlier folder of that name is replaced: it stays until this
  ///   one has its name, and is removed then.
  package func finish(replacing: Bool = false) throws(InputError) {
    precondition(!isFinished, "an image is finished once")
    do throws(FileError) {
      if replacing { try draft.publishFolder() } else { try draft.publish() }
    } catch { throw InputError(path, "cannot be made: \(error.reason)") }
    isFinished = true
  }

  private func folder(_ kind: Kind) -> String {
    if case .labels(let name) = kind { return "\(draft.path)/labels/\(name)" }
    return draft.path
  }

  private static func makeFolder(_ folder: String, _ path: String) throws(InputError) {
    do throws(FileError) { try FileSystem.makeFolder(folder) } catch {
      throw InputError(path, "the folder cannot be made: \(error.reasonWithAdvice)")
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
      throw InputError(path, "could not be written: \(error.reasonWithAdvice)")
    }
  }

  /// Writes the chunks of a volume.
  private func write(
    _ volume: SampleVolume, to array: ZarrArray, in folder: String, channel: Int, frame: Int
  ) throws(InputError) {
    let rank = array.shape.count
    let counts = (rank - 3..<rank).map(array.chunkCount)
    let outer = rank > 4 ? "\(frame)\(array.separator)\(channel)" : "\(frame)"
    let start = "\(folder)/\(ZarrMetadata(version: version).prefix)\(outer)"
    for z in 0..<counts[0] {
      for y in 0..<counts[1] { try Self.makeFolder("\(start)/\(z)/\(y)", path) }
    }
    let failure = Guarded<InputError?>(nil)
    let path = path
    Parallel.forEach(counts.reduce(1, *)) { job, _ in
      let (z, y, x) = (job / counts[2] / counts[1], job / counts[2] % counts[1], job % counts[2])
      let chunk = volume.chunk(z, y, x, of: Array(array.chunks.suffix(3)))
      do throws(InputError) {
        guard let data = ChunkCodec.blosc(chunk, sampleSize: array.type.bits / 8) else {
          throw InputError(path, "has a chunk that Blosc does not take")
        }
        try Self.write(data, to: "\(start)/\(z)/\(y)/\(x)", of: path)
      } catch { failure.withLock { $0 = $0 ?? error } }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}

extension SampleVolume {
  /// The smallest and the largest finite value, those of another range included.
  fileprivate func range(with other: ClosedRange<Double>?) -> ClosedRange<Double>? {
    var (low, high) = (other?.lowerBound ?? .infinity, other?.upperBound ?? -.infinity)
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

import Compute
import Foundation

/// An OME-Zarr image (NGFF 0.1 to 0.5, Zarr 2 and 3) that has been opened and understood: the array
/// of full resolution of its first pyramid.
///
/// Holds no open file, so it may be kept and shared between threads.
package struct ZarrImage: Sendable {
  /// An axis of the array.
  package struct Axis: Hashable, Sendable {
    /// `t`, `c`, `z`, `y` or `x`.
    package let name: String
    /// The number of samples along it.
    package let length: Int
  }

  /// The folder.
  package let path: String
  /// The version of NGFF, for example `0.4`.
  package let version: String
  /// The axes from the slowest to the fastest.
  package let axes: [Axis]
  /// The levels of resolution.
  package let levels: Int
  /// The physical scale, as far as it is stated.
  package let calibration: Calibration
  /// Where the samples lie, as it is stated.
  package let grid: ZarrGrid
  /// Whether the image says that it holds labels.
  package let areLabels: Bool
  /// The names of the label images inside, which are images themselves: `<path>/labels/<name>`.
  package let labels: [String]
  /// What is stated about each channel.
  package let channelDescriptions: [ImageChannel]
  /// What the user should know about the image, one line each.
  package private(set) var notes: [String] = []

  let array: ZarrArray
  let arrayPath: String
  let limits: ImageLimits

  /// Time points.
  package var frames: Int { length("t") }
  /// Channels.
  package var channels: Int { length("c") }
  /// The extents of one frame and channel.
  package var extent: Extent {
    Extent(depth: length("z"), height: length("y"), width: length("x"))
  }
  /// What a sample is.
  package var sampleType: SampleType { array.type }
  /// The lengths of a chunk, along ``axes``.
  package var chunks: [Int] { array.chunks }
  /// Whether numbers are stored with their most significant byte first.
  package var isBigEndian: Bool { array.codecs.isBigEndian }
  /// The codec of the chunks.
  package var compression: String { array.codecs.compression.rawValue }

  /// The most chunks of a volume: looking for more files takes seconds, whether they are there or
  /// not.
  private static let chunkLimit = 1 << 17

  private func length(_ name: String) -> Int { axes.first { $0.name == name }?.length ?? 1 }

  /// Whether a path is a folder that Zarr describes.
  package static func isZarr(_ path: String) -> Bool {
    [".zattrs", ".zgroup", ".zarray", "zarr.json"].contains {
      FileSystem.exists(path + "/" + $0)
    }
  }

  /// Whether a path is a folder that Zarr describes, and not a single array.
  package static func isGroup(_ path: String) -> Bool { isZarr(path) && !ZarrGroup.isArray(path) }

  /// The label image inside of an OME-Zarr image, where it has just one; else the path as it is.
  ///
  /// - Throws: ``InputError`` where it has several.
  package static func labelImage(in path: String) throws(InputError) -> String {
    guard isZarr(path), let image = try? ZarrImage(opening: path), !image.areLabels,
      let first = image.labels.first
    else { return path }
    guard image.labels.count == 1 else {
      throw InputError(
        path,
        "has \(image.labels.count) label images (\(InputError.list(image.labels))); name one of them, "
          + "for example \(image.path)/labels/\(first)")
    }
    return "\(image.path)/labels/\(first)"
  }

  /// Opens an image; no chunk is read.
  ///
  /// - Throws: ``InputError`` if the folder is not an OME-Zarr image, or one that Morula does not
  ///   read.
  package init(opening path: String, limits: ImageLimits = .current) throws(InputError) {
    let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let multiscales = try ZarrMultiscales(of: folder)
    let arrayPath = folder + "/" + multiscales.levels[0]
    let array: ZarrArray
    if let data = ZarrGroup.contents(arrayPath + "/zarr.json") {
      array = try ZarrArray(v3: data, path: arrayPath + "/zarr.json")
    } else if let data = ZarrGroup.contents(arrayPath + "/.zarray") {
      array = try ZarrArray(v2: data, path: arrayPath + "/.zarray")
    } else {
      throw InputError(arrayPath, "holds no array (.zarray or zarr.json); the image is incomplete")
    }
    // Without names there are five axes; the two of a plane can be no others.
    let all = ["t", "c", "z", "y", "x"]
    let names = multiscales.axes ?? (array.shape.count == 2 ? ["y", "x"] : all)
    guard names.count == array.shape.count else {
      throw InputError(
        path, "names \(names.count.counted("axis", "axes")), but its array has \(array.shape.count)"
      )
    }
    guard Set(names).count == names.count, names.contains("y"), names.contains("x"),
      names.allSatisfy(all.contains)
    else {
      throw InputError(
        path,
        "expected the axes y and x, and t, c and z if there are more; found "
          + names.map { "\($0.prefix(40))" }.joined(separator: ", "))
    }
    self.path = folder
    version = multiscales.version
    axes = zip(names, array.shape).map { Axis(name: $0, length: $1) }
    levels = multiscales.levels.count
    calibration = multiscales.calibration
    grid = ZarrGrid(multiscales)
    areLabels = multiscales.areLabels
    labels = try ZarrGroup.labels(of: folder)
    self.array = array
    self.arrayPath = arrayPath
    self.limits = limits
    let channels = names.firstIndex(of: "c").map { array.shape[$0] } ?? 1
    // What is said about another number of channels is about another image.
    channelDescriptions =
      multiscales.channels.count == channels
      ? multiscales.channels : [ImageChannel](repeating: ImageChannel(), count: channels)
    guard extent.height <= limits.maximumVoxels / extent.width,
      extent.depth <= limits.maximumVoxels / (extent.width * extent.height)
    else {
      throw InputError(
        path,
        "expected at most \(limits.maximumVoxels) voxels, found \(extent) (z, y, x)",
        advice: .raiseVoxelLimit)
    }
    let files = axes.indices.filter { ["z", "y", "x"].contains(axes[$0].name) }
      .reduce(1) { $0 * array.chunkCount($1) }
    guard files <= Self.chunkLimit || limits.largestExpansion == nil else {
      throw InputError(
        path,
        "expected volumes of at most \(Self.chunkLimit) chunks, found \(files)",
        advice: .either("rewrite it with larger chunks", .trust(voxels: extent.count)))
    }
    let blank = Self.blankVolumes(array, axes, arrayPath)
    if blank > 0 {
      notes.append(
        "no chunk is there of \(blank) of \((frames * channels).counted("volume")): all their voxels "
          + "have the fill value")
    }
  }
}

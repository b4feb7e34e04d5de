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
  /// Whether the image says that it holds labels.
  package let areLabels: Bool
  /// The names of the label images inside, which are images themselves: `<path>/labels/<name>`.
  package let labels: [String]

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
  package var isBigEndian: Bool { array.isBigEndian }
  /// The codec of the chunks.
  package var compression: String {
    for case .decompress(let codec) in array.codecs { return codec.rawValue }
    return "none"
  }

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

  /// The label image inside of an OME-Zarr image, where it has just one; else the path as it is.
  package static func labelImage(in path: String) -> String {
    guard isZarr(path), let image = try? ZarrImage(opening: path), image.labels.count == 1 else {
      return path
    }
    return "\(image.path)/labels/\(image.labels[0])"
  }

  /// Opens an image; no chunk is read.
  ///
  /// - Throws: ``InputError`` if the folder is not an OME-Zarr image, or one that Morula does not
  ///   read.
  package init(opening path: String, limits: ImageLimits = .current) throws(InputError) {
    let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let multiscales = try ZarrMultiscales(of: folder)
    guard let level = multiscales.datasets.first else {
      throw InputError(path, "lists no level of resolution")
    }
    let arrayPath = folder + "/" + level.path
    let array: ZarrArray
    if let data = ZarrMultiscales.contents(arrayPath + "/zarr.json") {
      array = try ZarrArray(v3: data, path: arrayPath + "/zarr.json")
    } else if let data = ZarrMultiscales.contents(arrayPath + "/.zarray") {
      array = try ZarrArray(v2: data, path: arrayPath + "/.zarray")
    } else {
      throw InputError(arrayPath, "holds no array (.zarray or zarr.json); the image is incomplete")
    }
    let names = multiscales.axes ?? Array(["t", "c", "z", "y", "x"].suffix(array.shape.count))
    guard names.count == array.shape.count else {
      throw InputError(
        path, "names \(names.count.counted("axis", "axes")), but its array has \(array.shape.count)"
      )
    }
    let known = ["t", "c", "z", "y", "x"].filter(names.contains)
    guard names == known, names.suffix(2) == ["y", "x"] else {
      throw InputError(
        path,
        "expected axes in the order t, c, z, y, x, found \(names.joined(separator: ", "))")
    }
    self.path = folder
    version = multiscales.version
    axes = zip(names, array.shape).map { Axis(name: $0, length: $1) }
    levels = multiscales.datasets.count
    calibration = multiscales.calibration(names, scale: level.scale)
    areLabels = multiscales.areLabels
    labels = ZarrMultiscales.labels(of: folder)
    self.array = array
    self.arrayPath = arrayPath
    self.limits = limits
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
  }
}

import Foundation

extension TIFF {
  /// Writes a volume of float32 as an ImageJ stack; see ``write(_:to:compression:)-(Volume<UInt16>,_,_)``.
  public static func write(
    _ volume: Volume<Float>, to path: String, compression: TIFFCompression = .deflate
  ) throws(TIFFError) {
    try write(volume, .float32, path, compression)
  }

  /// Writes a volume of 16-bit integers as a Deflate-compressed ImageJ stack with its voxel size in µm.
  ///
  /// The file is complete or absent: it is written under another name in the same folder, brought to
  /// the disk and renamed; on an error nothing is left and an earlier file stays as it was. More than
  /// 4 GB of voxels make a BigTIFF (which ImageJ opens through Bio-Formats).
  public static func write(
    _ volume: Volume<UInt16>, to path: String, compression: TIFFCompression = .deflate
  ) throws(TIFFError) {
    try write(volume, .uint16, path, compression)
  }

  /// Writes a volume of 8-bit integers as an ImageJ stack; see
  /// ``write(_:to:compression:)-(Volume<UInt16>,_,_)``.
  public static func write(
    _ volume: Volume<UInt8>, to path: String, compression: TIFFCompression = .deflate
  ) throws(TIFFError) {
    try write(volume, .uint8, path, compression)
  }

  /// Writes labels as 16-bit integers, the widest that ImageJ shows as labels; throws where one is
  /// above 65535.
  public static func write(
    _ labels: LabelVolume, to path: String, compression: TIFFCompression = .deflate
  ) throws(TIFFError) {
    if let largest = labels.voxels.max(), largest > UInt16.max {
      throw TIFFError(
        .notWritten, path, expected: "labels up to \(UInt16.max)", found: "label \(largest)",
        advice: "number the labels consecutively")
    }
    try write(labels.map { UInt16(truncatingIfNeeded: $0) }, to: path, compression: compression)
  }

  private static func write<Voxel: BitwiseCopyable>(
    _ volume: Volume<Voxel>, _ type: SampleType, _ path: String, _ compression: TIFFCompression
  ) throws(TIFFError) {
    let extent = volume.extent
    guard extent.count > 0, extent.width <= UInt32.max, extent.height <= UInt32.max else {
      throw TIFFError(
        .notWritten, path, expected: "a volume with voxels", found: "\(extent) (z, y, x)",
        advice: "write a volume of at least one voxel")
    }
    if let size = volume.voxelSize, !size.isValid {
      throw TIFFError(
        .notWritten, path, expected: "positive voxel edges in µm", found: "\(size)",
        advice: "correct the voxel size, or leave it out")
    }
    let (folder, name) = split(path)
    let temporary = folder + ".\(name).\(UUID().uuidString.prefix(8)).partial"
    do throws(TIFFError) {
      try writePages(volume, type, temporary, compression)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      // The user named another file.
      throw TIFFError(
        error.kind, path, expected: error.expected,
        found: error.found.replacingOccurrences(of: temporary, with: path), advice: error.advice)
    }
    guard rename(temporary, path) == 0 else {
      let reason = String(cString: strerror(errno))
      try? FileManager.default.removeItem(atPath: temporary)
      throw TIFFError(
        .notWritten, path, expected: "a file name that is free or a file", found: reason,
        advice: "choose another name")
    }
  }

  private static func writePages<Voxel: BitwiseCopyable>(
    _ volume: Volume<Voxel>, _ type: SampleType, _ path: String, _ compression: TIFFCompression
  ) throws(TIFFError) {
    let extent = volume.extent
    let plane = extent.height * extent.width
    // Compressed data may be larger than the voxels by a little, and directories come on top.
    let bytes = extent.count * MemoryLayout<Voxel>.size
    let isBig = bytes + bytes / 64 + extent.depth * 4096 >= 1 << 32
    let handle = try TIFFHandle(writing: path, big: isBig)
    let resolution = volume.voxelSize.map { (x: 1 / $0.x, y: 1 / $0.y) }
    for z in 0..<extent.depth {
      let pixels = Array(volume.voxels[z * plane..<(z + 1) * plane])
      try handle.write(
        plane: pixels, width: extent.width, height: extent.height, type: type,
        compression: compression, description: z == 0 ? imageJDescription(volume) : nil,
        resolution: resolution)
    }
    try handle.synchronize()
  }

  /// ImageJ's description of a stack of planes.
  static func imageJDescription<Voxel>(_ volume: Volume<Voxel>) -> String {
    var lines = ["ImageJ=1.11a"]
    if volume.extent.depth > 1 {
      lines += ["images=\(volume.extent.depth)", "slices=\(volume.extent.depth)"]
    }
    lines += ["hyperstack=true", "mode=grayscale", "loop=false"]
    if let size = volume.voxelSize { lines += ["spacing=\(size.z)", "unit=um"] }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The folder with its slash (empty for none) and the file's name.
  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[...slash]), String(path[path.index(after: slash)...]))
  }
}

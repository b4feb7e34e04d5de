import Foundation
import Microscopy
import TestSupport

/// Small files of every kind that Morula writes, with the values of
/// ``Fixture/ramp(_:t:c:offset:)``.
///
/// `Fixtures/written/make.py` asks tifffile about them and docs/examples/check_imagej.sh ImageJ;
/// both get them by `MORULA_SAMPLES=<folder> swift test -c release --filter writtenSamples`.
enum WrittenSamples {
  static let extent = Extent(depth: 3, height: 5, width: 7)
  static let size = VoxelSize(x: 0.8, y: 0.65, z: 1.75)
  static let interval = 600.0

  /// Writes all samples into a folder and gives their names, without extension.
  static func write(to folder: String) throws -> [String] {
    for compression in TIFFCompression.allCases {
      try write(folder, compression) { UInt8($0) }
      try write(folder, compression) { UInt16($0) }
      try write(folder, compression) { $0 }
    }
    try channels(folder)
    try labels(folder)
    try TIFF.write(
      Volume(Fixture.ramp(extent), extent: extent).map { UInt16($0) },
      to: folder + "/volume-uint16-uncalibrated.tif")
    // Announced so large that it must be a BigTIFF.
    for compression in [TIFFCompression.none, .deflate] {
      let big = HyperstackWriter<UInt16>(
        to: "\(folder)/big-uint16-\(compression).tif", frames: 1 << 25, compression: compression,
        frameInterval: interval)
      for t in 0..<2 { try big.append(volume(t: t) { UInt16($0) }) }
      try big.finish()
    }
    return try FileManager.default.contentsOfDirectory(atPath: folder).map {
      String($0.dropLast(4))
    }.sorted()
  }

  static func volume<Voxel>(t: Int, c: Int = 0, _ voxel: (Float) -> Voxel) -> Volume<Voxel> {
    Volume(Fixture.ramp(extent, t: t, c: c).map(voxel), extent: extent, voxelSize: size)
  }

  /// A volume, and a series of three frames of which four were announced.
  private static func write<Voxel: TIFFVoxel>(
    _ folder: String, _ compression: TIFFCompression, _ voxel: (Float) -> Voxel
  ) throws {
    let kind = "\(Voxel.sampleType)-\(compression)"
    try TIFF.write(
      volume(t: 0, voxel), to: "\(folder)/volume-\(kind).tif", compression: compression,
      frameInterval: interval)
    let series = HyperstackWriter<Voxel>(
      to: "\(folder)/series-\(kind).tif", frames: 4, compression: compression,
      frameInterval: interval)
    for t in 0..<3 { try series.append(volume(t: t, voxel)) }
    try series.finish()
  }

  private static func channels(_ folder: String) throws {
    let writer = HyperstackWriter<UInt16>(
      to: folder + "/channels-uint16-deflate.tif", frames: 2, channels: 2, frameInterval: interval,
      displayRange: 0...200)
    for t in 0..<2 {
      try writer.append(channels: (0..<2).map { c in volume(t: t, c: c) { UInt16($0) } })
    }
    try writer.finish()
  }

  /// Labels, and a series of them whose first frame failed.
  private static func labels(_ folder: String) throws {
    try TIFF.write(
      volume(t: 0) { UInt32($0) }, to: folder + "/labels.tif", frameInterval: interval)
    let writer = HyperstackWriter<UInt16>(
      to: folder + "/labels-series.tif", frames: 3, frameInterval: interval)
    try writer.appendBlank()
    for t in 1..<3 { try writer.append(labels: volume(t: t) { UInt32($0) }) }
    try writer.finish()
  }
}

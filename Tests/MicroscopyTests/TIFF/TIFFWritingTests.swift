import Compute
import Foundation
import Microscopy
import Testing

@Suite("Writing TIFF stacks")
struct TIFFWritingTests {
  static let size = VoxelSize(x: 0.8, y: 0.65, z: 1.75)
  static let extent = Extent(depth: 3, height: 5, width: 7)

  @Test("what is written is read back", arguments: TIFFCompression.allCases)
  func roundTrip(compression: TIFFCompression) throws {
    try Fixture.withFolder { folder in
      var generator = SeededGenerator(seed: 3)
      let path = folder + "/a.tif"
      for extent in [
        Self.extent, Extent(depth: 1, height: 1, width: 1),
        Extent(depth: 2, height: 300, width: 511),
      ] {
        let words = (0..<extent.count).map { _ in UInt16.random(in: 0...65535, using: &generator) }
        let volume = Volume(words, extent: extent, voxelSize: Self.size)
        try TIFF.write(volume, to: path, compression: compression)
        #expect(try TIFF.readVolume(at: path) == volume.map { Float($0) })
        #expect(try TIFF.info(at: path).sampleType == .uint16)

        let floats = volume.map { (Float($0) - 3e4) / 7 }
        try TIFF.write(floats, to: path, compression: compression)
        #expect(try TIFF.readVolume(at: path) == floats)
        #expect(try TIFF.info(at: path).sampleType == .float32)

        let bytes = volume.map { UInt8(truncatingIfNeeded: $0) }
        try TIFF.write(bytes, to: path, compression: compression)
        #expect(try TIFF.readVolume(at: path) == bytes.map { Float($0) })
        #expect(try TIFF.info(at: path).sampleType == .uint8)

        let labels = volume.map { UInt32($0) }
        try TIFF.write(labels, to: path, compression: compression)
        #expect(try TIFF.readLabels(at: path) == labels)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.tif"])
    }
  }

  @Test("the file is an ImageJ stack of classic TIFF with its scale")
  func description() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      try TIFF.write(
        Volume<UInt8>(repeating: 1, extent: Self.extent, voxelSize: Self.size), to: path)
      let text =
        "ImageJ=1.11a\nimages=3\nslices=3\nhyperstack=true\nmode=grayscale\nloop=false\n"
        + "spacing=1.75\nunit=um\n\0"
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(data.range(of: Data(text.utf8)) != nil)
      let info = try TIFF.info(at: path)
      #expect(info.dialect == .imageJ)
      #expect(info.compression == "Deflate")
      #expect(info.calibration.source == .imageJ)
      #expect(info.pages == 3)
      #expect(!info.isBigTIFF)
    }
  }

  @Test("without a voxel size none is stated; a single plane is not a stack")
  func uncalibrated() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      try TIFF.write(Volume<Float>(repeating: 1, extent: Self.extent), to: path)
      #expect(try TIFF.info(at: path).calibration == .none)
      let plane = Volume<Float>(
        repeating: 1, extent: Extent(depth: 1, height: 2, width: 2), voxelSize: Self.size)
      try TIFF.write(plane, to: path)
      #expect(try TIFF.readVolume(at: path) == plane)
    }
  }

  @Test("any voxel size survives to a millionth")
  func voxelSizes() throws {
    try Fixture.withFolder { folder in
      var generator = SeededGenerator(seed: 5)
      let path = folder + "/a.tif"
      for _ in 0..<100 {
        func edge() -> Double { exp(.random(in: log(0.01)...log(9.9), using: &generator)) }
        let size = VoxelSize(x: edge(), y: edge(), z: edge())
        let extent = Extent(depth: 2, height: 1, width: 1)
        try TIFF.write(Volume<UInt8>(repeating: 0, extent: extent, voxelSize: size), to: path)
        let read = try #require(try TIFF.info(at: path).voxelSize)
        #expect(read.z == size.z)
        for axis in [Axis.y, .x] { #expect(abs(read[axis] / size[axis] - 1) < 2e-6) }
      }
      for edge in [0.1, 0.2, 0.207, 0.25, 0.3, 0.322, 0.65, 0.8, 1, 1.3, 2, 12.5] {
        let size = VoxelSize(x: edge, y: edge, z: 3 * edge)
        let extent = Extent(depth: 2, height: 1, width: 1)
        try TIFF.write(Volume<UInt8>(repeating: 0, extent: extent, voxelSize: size), to: path)
        #expect(try TIFF.info(at: path).voxelSize == size)
      }
    }
  }

  @Test("NaN and infinity survive, as predictions may hold them")
  func special() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      let values: [Float] = [.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude, 1]
      let volume = Volume(values, extent: Extent(depth: 1, height: 2, width: 3))
      try TIFF.write(volume, to: path)
      let read = try TIFF.readVolume(at: path)
      #expect(read.voxels.map(\.bitPattern) == values.map(\.bitPattern))
    }
  }

  @Test("a failed write leaves nothing and keeps the earlier file")
  func failure() throws {
    try Fixture.withFolder { folder in
      let volume = Volume<UInt8>(repeating: 1, extent: Self.extent)
      let missing = folder + "/none/a.tif"
      let error = #expect(throws: TIFFError.self) { try TIFF.write(volume, to: missing) }
      #expect(error?.kind == .notWritten)
      #expect(error?.path == missing)
      #expect(error?.description.contains("partial") == false)

      let path = folder + "/a.tif"
      try TIFF.write(volume, to: path)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      let labels = LabelVolume(repeating: 70000, extent: Self.extent)
      let refused = #expect(throws: TIFFError.self) { try TIFF.write(labels, to: path) }
      #expect(
        refused?.description
          == "\(path): expected labels up to 65535, found label 70000; "
          + "number the labels consecutively")
      let impossible = Volume<UInt8>(
        repeating: 1, extent: Self.extent, voxelSize: VoxelSize(x: 0, y: 1, z: 1))
      #expect(throws: TIFFError.self) { try TIFF.write(impossible, to: path) }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)

      // A folder that has the final name.
      try FileManager.default.createDirectory(
        atPath: folder + "/b.tif/c", withIntermediateDirectories: true)
      #expect(throws: TIFFError.self) { try TIFF.write(volume, to: folder + "/b.tif") }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.sorted() == ["a.tif", "b.tif"])
    }
  }

  @Test("a volume large enough to be decoded in several pieces")
  func pieces() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      let extent = Extent(depth: 37, height: 300, width: 400)
      let volume = Volume(
        (0..<extent.count).map { UInt16(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) },
        extent: extent)
      try TIFF.write(volume, to: path)
      let expected = volume.map { Float($0) }
      for threads in [1, 3] {
        let read = try Parallel.$threads.withValue(threads) { try TIFF.readVolume(at: path) }
        #expect(read == expected)
      }
      #expect(try TIFF.readLabels(at: path) == volume.map { UInt32($0) })

      // Damage in the second piece is reported with its page, whichever thread meets it first.
      var data = try Data(contentsOf: URL(fileURLWithPath: path))
      let start = data.count * 3 / 4
      data.resetBytes(in: start..<data.count - 60_000)
      try data.write(to: URL(fileURLWithPath: path))
      let errors = [1, 3].map { threads in
        Parallel.$threads.withValue(threads) {
          #expect(throws: TIFFError.self) { try TIFF.readVolume(at: path) }
        }
      }
      #expect(errors[0]?.kind == .corrupt)
      #expect(errors[0] == errors[1])
    }
  }
}

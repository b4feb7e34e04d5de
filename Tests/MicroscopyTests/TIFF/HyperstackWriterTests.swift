import Foundation
import Microscopy
import TestSupport
import Testing

@Suite("Hyperstacks, frame by frame")
struct HyperstackWriterTests {
  private func words(
    _ extent: Extent = WrittenSamples.extent, _ size: VoxelSize? = WrittenSamples.size
  ) -> Volume<UInt16> {
    Volume(repeating: 7, extent: extent, voxelSize: size)
  }

  @Test(
    "a frame that does not fit is refused, and others may follow",
    arguments: [TIFFCompression.none, .deflate])
  func refusals(compression: TIFFCompression) throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      let writer = HyperstackWriter<UInt16>(to: path, frames: 5, compression: compression)
      try writer.append(words())
      for (volume, problem) in [
        (
          words(Extent(depth: 3, height: 5, width: 8)),
          "expected frames of 3 × 5 × 7 voxels (z, y, x), found 3 × 5 × 8; "
            + "write frames of different extents as separate files"
        ),
        (
          words(WrittenSamples.extent, nil),
          "expected frames with voxels of 0.8 × 0.65 × 1.75 µm (x, y, z), found unknown size; "
            + "write them as separate files"
        ),
      ] {
        let error = #expect(throws: TIFFError.self) { try writer.append(volume) }
        #expect(error?.description == "\(path): \(problem)")
      }
      let labels = LabelVolume(
        repeating: 65536, extent: WrittenSamples.extent, voxelSize: WrittenSamples.size)
      let error = #expect(throws: TIFFError.self) { try writer.append(labels: labels) }
      #expect(
        error?.description == "\(path): expected labels up to 65535, found label 65536; "
          + "number the labels consecutively")
      try writer.appendBlank()
      try writer.append(words())
      #expect(writer.frameCount == 3)
      try writer.finish()
      let stack = try TIFFStack(opening: path)
      #expect(stack.info.frames == 3)
      #expect(try (0..<3).map { try stack.readVolume(frame: $0).voxels[0] } == [7, 0, 7])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.tif"])
    }
  }

  @Test("one frame of several announced is a plain volume")
  func single() throws {
    try Fixture.withFolder { folder in
      let writer = HyperstackWriter<UInt16>(to: folder + "/a.tif", frames: 9)
      try writer.append(words())
      try writer.finish()
      #expect(try TIFF.info(at: folder + "/a.tif").frames == 1)
      #expect(try TIFF.readVolume(at: folder + "/a.tif") == words().map { Float($0) })
    }
  }

  @Test(
    "what is not finished leaves nothing, and no frames make no file",
    arguments: [TIFFCompression.none, .deflate])
  func unfinished(compression: TIFFCompression) throws {
    try Fixture.withFolder { folder in
      do {
        let writer = HyperstackWriter<UInt16>(
          to: folder + "/a.tif", frames: 2, compression: compression)
        try writer.append(words())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
      let empty = HyperstackWriter<UInt16>(
        to: folder + "/a.tif", frames: 2, compression: compression)
      try empty.appendBlank()
      let error = #expect(throws: TIFFError.self) { try empty.finish() }
      #expect(
        error?.description == "\(folder)/a.tif: expected at least one frame, found none; "
          + "see why the frames failed")
      let missing = HyperstackWriter<UInt16>(
        to: folder + "/none/a.tif", frames: 2, compression: compression)
      let refused = #expect(throws: TIFFError.self) { try missing.append(words()) }
      #expect(refused?.path == folder + "/none/a.tif")
      #expect(refused?.description.contains("partial") == false)
      #expect(throws: TIFFError.self) { try missing.append(words()) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test("edges of pixels are exact fractions, from nanometers to a millimeter")
  func edges() throws {
    try Fixture.withFolder { folder in
      for edge in [0.002, 0.0123456, 0.1, 0.207, 0.65, 0.8, 1, 2.5, 49.9, 234.5, 1000] {
        let size = VoxelSize(x: edge, y: edge, z: 2)
        try TIFF.write(
          words(WrittenSamples.extent, size), to: folder + "/a.tif", compression: .none)
        #expect(try TIFF.info(at: folder + "/a.tif").voxelSize == size)
        guard case .numbers(let value)? = try TagReader(folder + "/a.tif").pages[0][282] else {
          Issue.record("no resolution for \(edge)")
          continue
        }
        #expect(abs(value[0] * edge - 1) < 1e-12)
      }
    }
  }

  @Test("pages in any order, of either byte order and size of offsets, and from many frames")
  func pagesAnywhere() throws {
    try Fixture.withFolder { folder in
      let extent = Extent(depth: 2, height: 2, width: 3)
      // Announced so large that it must be a BigTIFF.
      for announced in [300, 1 << 28] {
        let writer = HyperstackWriter<UInt16>(
          to: folder + "/a.tif", frames: announced, channels: 3, compression: .lzw)
        for t in 0..<300 {
          try writer.append(
            channels: (0..<3).map { Volume(repeating: UInt16(10 * t + $0), extent: extent) })
        }
        try writer.finish()
        let stack = try TIFFStack(opening: folder + "/a.tif")
        #expect(stack.info.isBigTIFF == (announced > 300))
        for (t, c) in [(299, 2), (0, 0), (150, 1), (149, 2), (299, 0)] {
          let volume = try stack.readVolume(channel: c, frame: t)
          #expect(volume.voxels.allSatisfy { $0 == Float(10 * t + c) }, "\(t) \(c)")
        }
      }
    }
  }

  @Test("a file that was replaced after it had been opened is not read as the old one")
  func replaced() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      try TIFF.write(words(Extent(depth: 9, height: 50, width: 70)), to: path)
      let stack = try TIFFStack(opening: path)
      for extent in [WrittenSamples.extent, Extent(depth: 9, height: 50, width: 71)] {
        try TIFF.write(words(extent), to: path)
        let error = #expect(throws: TIFFError.self) { try stack.readVolume() }
        #expect(error?.path == path && error?.page != nil)
      }
    }
  }
}

import Compute
import Foundation
import Microscopy
import Testing

@Suite("Files that cannot be read give the reason")
struct TIFFErrorTests {
  private func error(_ path: String) -> TIFFError? {
    #expect(throws: TIFFError.self) { try TIFF.readVolume(at: path) }
  }

  @Test("missing, folder, empty, text")
  func notTIFF() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      #expect(
        error(path)?.description
          == "\(path): expected a TIFF file, found no such file; check the path")
      #expect(
        error(folder)?.description
          == "\(folder): expected a TIFF file, found a folder; name a file inside it")
      try Data().write(to: URL(fileURLWithPath: path))
      #expect(
        error(path)?.description
          == "\(path): expected a TIFF file, found an empty file; convert the image to TIFF")
      try Data("II is how this text begins".utf8).write(to: URL(fileURLWithPath: path))
      #expect(error(path)?.kind == .notTIFF)
      #expect(
        error(path)?.description
          == "\(path): expected a TIFF file, found something else "
          + "(it does not begin as a TIFF); convert the image to TIFF")
    }
  }

  @Test(
    "layouts that Morula does not read",
    arguments: [
      (
        "layout-rgb", TIFFError.Kind.selection, Int?.none,
        "expected one volume, found 3 channels; choose one of them, or save it as a file of its own"
      ),
      (
        "layout-rgb-planar", .selection, nil,
        "expected one volume, found 3 channels; choose one of them, or save it as a file of its own"
      ),
      (
        "layout-volumetric", .unsupported, 1,
        "expected one plane per page, found a volumetric page of 16 planes (ImageDepth); "
          + "save the stack with one page per plane"
      ),
      (
        "layout-mixed-sizes", .contradictory, 2,
        "expected 7 × 5 pixels of uint8 as on page 1, found 7 × 4 pixels of uint8; "
          + "save images of different sizes or types as separate files"
      ),
      (
        "ome-broken", .contradictory, 1,
        "expected well-formed OME-XML, found broken XML at line 1; "
          + "save the file again with the program that made it"
      ),
      (
        "ome-wrong-size", .contradictory, 1,
        "expected 7 × 5 pixels as in the OME-XML, found 6 × 5; "
          + "save the file again with the program that made it"
      ),
      (
        "ome-set-of-files", .contradictory, 1,
        "expected all planes in this file, found a set of 3 files; "
          + "save the set as one OME-TIFF"
      ),
      (
        "imagej-hyperstack", .selection, nil,
        "expected one volume, found 2 channels; choose one of them, or save it as a file of its own"
      ),
    ])
  func unsupported(name: String, kind: TIFFError.Kind, page: Int?, text: String) {
    let path = Fixture.tiff(name)
    let error = error(path)
    #expect(error?.kind == kind)
    #expect(error?.page == page)
    #expect(error?.description == "\(path)\(page.map { ", page \($0)" } ?? ""): \(text)")
  }

  @Test("a channel or frame that is not there")
  func selection() {
    let path = Fixture.tiff("imagej-hyperstack")
    for (channel, frame) in [(2, 0), (-1, 0), (0, 2), (0, -1)] {
      let error = #expect(throws: TIFFError.self) {
        try TIFF.readVolume(at: path, channel: channel, frame: frame)
      }
      #expect(error?.kind == .selection)
    }
    let error = #expect(throws: TIFFError.self) { try TIFF.readVolume(at: path, channel: 1) }
    #expect(
      error?.description
        == "\(path): expected one volume, found 2 frames; choose one of them, or save it as a file of its own"
    )
  }

  @Test("more voxels than allowed, before any are read")
  func limit() {
    let path = Fixture.tiff("type-uint16")
    let error = #expect(throws: TIFFError.self) {
      try TIFF.readVolume(at: path, limits: ImageLimits(maximumVoxels: 100))
    }
    #expect(
      error?.description
        == "\(path): expected at most 100 voxels, found 3 × 5 × 7 (z, y, x); "
        + "crop the image, or raise the limit of voxels")
    #expect(throws: Never.self) {
      try TIFF.readVolume(at: path, limits: ImageLimits(maximumVoxels: 105))
    }
  }

  /// The bytes of a classic little-endian TIFF of one page with these tags (all LONG).
  private func file(_ tags: [(tag: UInt16, value: UInt32)], next: UInt32 = 0) -> Data {
    var bytes: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0]
    func append<Number: FixedWidthInteger>(_ number: Number) {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    append(UInt16(tags.count))
    for (tag, value) in tags {
      append(tag)
      append(UInt16(4))
      append(UInt32(1))
      append(value)
    }
    append(next)
    bytes.append(contentsOf: [UInt8](repeating: 0, count: 64))
    return Data(bytes)
  }

  @Test(
    "absurd dimensions take no memory",
    arguments: [UInt32(1), 5, 8, 50000], [UInt32(1_000_000), .max])
  func absurd(compression: UInt32, length: UInt32) throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      let data = file([
        (256, length), (257, length), (258, 16), (259, compression), (262, 1), (273, 100),
        (277, 1), (278, length), (279, 10),
      ])
      try data.write(to: URL(fileURLWithPath: path))
      let error = error(path)
      // libtiff itself refuses sizes that overflow.
      #expect(error?.kind == (length == .max ? .corrupt : .tooLarge))
      // Within the limit, the file is too small for what it declares.
      let small = file([
        (256, 40000), (257, 40000), (258, 16), (259, compression), (262, 1), (273, 100),
        (277, 1), (278, 40000), (279, 10),
      ])
      try small.write(to: URL(fileURLWithPath: path))
      #expect(self.error(path)?.kind == (compression == 1 ? .corrupt : .tooLarge))
      // Where large images are trusted, ten bytes are still too few.
      let trusting = #expect(throws: TIFFError.self) {
        try TIFF.readVolume(at: path, limits: ImageLimits(maximumVoxels: 1 << 33))
      }
      #expect(trusting?.kind == .corrupt)
      #expect(
        trusting?.expected
          == (compression == 1
            ? "3200000000 bytes for strip 1 of 1"
            : "data for 40000 × 40000 pixels (3200000000 bytes)"))
    }
  }

  @Test("a list of pages that loops")
  func loop() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      let tags: [(UInt16, UInt32)] = [
        (256, 2), (257, 2), (258, 8), (259, 1), (262, 1), (273, 130), (277, 1), (278, 2), (279, 4),
      ]
      try file(tags).write(to: URL(fileURLWithPath: path))
      #expect(throws: Never.self) { try TIFF.readVolume(at: path) }
      try file(tags, next: 8).write(to: URL(fileURLWithPath: path))
      #expect(error(path)?.kind == .corrupt)
      #expect(error(path)?.page == 2)
    }
  }

  @Test("descriptions that promise more than the file holds")
  func promises() throws {
    try Fixture.withFolder { folder in
      for (name, old, new) in [
        ("imagej-contiguous", "slices=3", "slices=9"),
        ("imagej-hyperstack-deflate", "slices=3", "slices=4"),
        ("imagej-hyperstack", "frames=2", "frames=0"),
        ("shaped-json", "[3, 5, 7]", "[4, 5, 7]"),
        ("ome-tczyx", "SizeZ=\"3\"", "SizeZ=\"4\""), ("ome-tczyx", "SizeZ=\"3\"", "SizeZ=\"0\""),
        ("ome-tczyx", "XYZCT", "XYZZT"),
        ("ome-reversed-pages", "FirstZ=\"1\"", "FirstZ=\"0\""),
        ("ome-reversed-pages", "FirstZ=\"1\"", "FirstZ=\"9\""),
        ("ome-reversed-pages", "IFD=\"1\"", "IFD=\"7\""),
        ("ome-reversed-pages", "IFD=\"1\"", "IFD=\"x\""),
      ] {
        var data = try Data(contentsOf: URL(fileURLWithPath: Fixture.tiff(name)))
        let range = try #require(data.range(of: Data(old.utf8)), "\(name)")
        data.replaceSubrange(range, with: Data(new.utf8))
        let path = folder + "/a.tif"
        try data.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: TIFFError.self, "\(name) \(new)") {
          try TIFFStack(opening: path).readVolume(channel: 0, frame: 0)
        }
        #expect([.corrupt, .contradictory].contains(error?.kind), "\(name) \(new)")
      }
    }
  }

  @Test(
    "files cut short or with flipped bytes give an error or a volume, never a trap",
    arguments: [
      "codec-lzw", "codec-deflate-predictor", "codec-packbits", "codec-zstd", "codec-lzma",
      "codec-jpeg", "codec-float-predictor", "layout-tiles-deflate", "layout-bigtiff",
      "layout-big-endian", "imagej-hyperstack", "imagej-contiguous", "ome-tczyx",
      "shaped-json-ctzyx", "type-bit-wide",
    ])
  func damage(name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixture.tiff(name)))
    var generator = SeededGenerator(seed: 17)
    func read(_ path: String) -> TIFFError? {
      do throws(TIFFError) {
        let stack = try TIFFStack(opening: path, limits: ImageLimits(maximumVoxels: 1 << 20))
        _ = try stack.readVolume(channel: stack.info.channels - 1, frame: stack.info.frames - 1)
        return nil
      } catch {
        return error
      }
    }
    try Fixture.withFolder { folder in
      // A new name for each: overwriting would wait for the disk.
      var number = 0
      func attempt(bytes data: Data) throws -> TIFFError? {
        number += 1
        let path = "\(folder)/\(number).tif"
        try data.write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return read(path)
      }
      #expect(try attempt(bytes: data) == nil)
      #expect(try attempt(bytes: data.prefix(data.count / 3)) != nil)
      for _ in 0..<30 {
        let end = Int.random(in: 0..<data.count, using: &generator)
        if let error = try attempt(bytes: data.prefix(end)) {
          #expect(!error.description.contains("\n"))
        }
      }
      for _ in 0..<120 {
        var damaged = data
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          // Half of the damage to the first 300 bytes, where directories and headers mostly are.
          let isEarly = Bool.random(using: &generator)
          let place = Int.random(
            in: 0..<(isEarly ? min(300, data.count) : data.count), using: &generator)
          damaged[place] = .random(in: 0...255, using: &generator)
        }
        if let error = try attempt(bytes: damaged) {
          #expect(error.path == "\(folder)/\(number).tif")
        }
      }
    }
  }
}

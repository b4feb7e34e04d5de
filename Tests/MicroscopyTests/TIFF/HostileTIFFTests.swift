import Foundation
import Microscopy
import TestSupport
import Testing

@Suite("Damaged and hostile files cost one line of error")
struct HostileTIFFTests {
  @Test("every kind of damage", arguments: HostileTIFF.cases)
  func damage(file: HostileTIFF.Case) throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      try file.bytes.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: TIFFError.self) { try TIFF.readVolume(at: path) }
      let text = error?.description ?? ""
      #expect(text.contains(file.error), "\(text)")
      #expect(text.hasPrefix(path) && !text.contains("\n"), "\(text)")
      if file.isHidden {
        #expect(throws: Never.self) { try TIFF.info(at: path) }
      } else {
        #expect(throws: TIFFError.self) { try TIFF.info(at: path) }
      }
    }
  }

  @Test("a file of 65,536 pages opens, and loops behind them are found")
  func manyPages() throws {
    try Fixture.withFolder { folder in
      let page = TIFFBytes.page(width: 1, height: 1, offsets: [8], sizes: [1])
      var bytes = TIFFBytes(Array(repeating: page, count: 65536), data: [9])
      let path = folder + "/a.tif"
      try bytes.file.write(to: URL(fileURLWithPath: path))
      let stack = try TIFFStack(opening: path)
      #expect(stack.info.pages == 65536)
      #expect(stack.info.extent == Extent(depth: 65536, height: 1, width: 1))
      bytes.next = 100
      try bytes.file.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: TIFFError.self) { try TIFFStack(opening: path) }
      #expect(error?.page == 65537)
    }
  }

  @Test("places that hold no file: links in a circle, through files, pipes")
  func places() throws {
    try Fixture.withFolder { folder in
      func error(_ path: String) -> String {
        let error = #expect(throws: TIFFError.self) { try TIFF.info(at: path) }
        return error?.description ?? ""
      }
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/a.tif", withDestinationPath: folder + "/b.tif")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/b.tif", withDestinationPath: folder + "/a.tif")
      #expect(error(folder + "/a.tif").contains("symbolic links that lead in a circle"))
      #expect(throws: InputError.self) { try VolumeFiles.list([folder + "/a.tif"]) }
      try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/file"))
      #expect(error(folder + "/file/a.tif").contains("a part of the path is a file"))
      #expect(mkfifo(folder + "/pipe.tif", 0o600) == 0)
      #expect(error(folder + "/pipe.tif").contains("a pipe, socket or device"))
      #expect(error("/dev/null").contains("a pipe, socket or device"))
    }
  }

  @Test("a file that may not be read", .enabled(if: getuid() != 0, "root may read everything"))
  func unreadable() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      try Data([0x49, 0x49, 42, 0]).write(to: URL(fileURLWithPath: path))
      chmod(path, 0)
      let error = #expect(throws: TIFFError.self) { try TIFF.info(at: path) }
      #expect(error?.found == "permission denied")
    }
  }

  @Test("limits can be raised and lowered")
  func limits() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.tif"
      try HostileTIFF.bomb(pages: 65).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: TIFFError.self) { try TIFFStack(opening: path) }
      #expect(error?.kind == .tooLarge)
      #expect(error?.advice == .trust(voxels: 68_157_440))
      let trusted = ImageLimits(maximumVoxels: 68_157_440)
      #expect(throws: Never.self) { try TIFFStack(opening: path, limits: trusted) }
      let low = ImageLimits(maximumVoxels: 68_157_439)
      #expect(throws: TIFFError.self) { try TIFFStack(opening: path, limits: low) }
      // Below the suspicious size the same data are read, and have the stated size.
      try HostileTIFF.bomb(pages: 2).write(to: URL(fileURLWithPath: path))
      let volume = try TIFF.readVolume(at: path)
      #expect(volume.voxels.allSatisfy { $0 == 0 })
    }
  }

  @Test("JBIG data of absurd sizes, for which its decoder would end the process")
  func jbig() throws {
    try Fixture.withFolder { folder in
      var data = try Data(contentsOf: URL(fileURLWithPath: Fixture.dialect("codec-jbig")))
      // The header behind that of the file: 4 bytes of options, then columns and rows.
      for place in 12..<20 { data[place] = 0x7F }
      let path = folder + "/a.tif"
      try data.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: TIFFError.self) { try TIFF.readVolume(at: path) }
      #expect(error?.kind == .corrupt)
    }
  }

  @Test("XML that would swell and shapes beyond numbers")
  func descriptions() {
    let laughs = #expect(throws: TIFFError.self) {
      try TIFF.info(at: Fixture.dialect("ome-laughs"))
    }
    #expect(laughs?.found == "XML with definitions of its own (DOCTYPE)")
    #expect(throws: Never.self) {
      // An invalid shape is ignored, and the pages are planes.
      let info = try TIFF.info(at: Fixture.dialect("shaped-absurd"))
      #expect(info.dialect == .plain && info.extent.depth == 3)
    }
  }
}

import Foundation
import Microscopy
import TestSupport
import Testing

/// What tifffile 2026.3.3 with imagecodecs 2026.3.6 wrote and reads (Fixtures/dialects/make.py).
@Suite("Predictors that libtiff does not undo")
struct PredictorTests {
  @Test(
    "PackBits and LERC, of every type",
    arguments: [
      "packbits-2-uint8", "packbits-2-uint16", "packbits-2-int16", "packbits-2-uint32",
      "packbits-2-uint64", "packbits-2-big-endian", "packbits-3-float16", "packbits-3-float32",
      "packbits-3-float64", "packbits-3-big-endian", "lerc-2-uint8", "lerc-2-uint16",
      "lerc-2-int16", "lerc-2-uint32",
    ])
  func types(name: String) throws {
    let path = Fixture.dialect("predictor-\(name)")
    #expect(try TIFF.readVolume(at: path).voxels == Fixture.ramp())
    #expect(try TIFF.readLabels(at: path).voxels == Fixture.ramp().map { UInt32($0) })
  }

  @Test("tiles", arguments: ["packbits-2-tiles", "packbits-3-tiles"])
  func tiles(name: String) throws {
    let extent = Extent(depth: 3, height: 19, width: 37)
    #expect(
      try TIFF.readVolume(at: Fixture.dialect("predictor-\(name)")).voxels == Fixture.ramp(extent))
  }

  @Test("colors", arguments: ["packbits-2-rgb", "packbits-2-planar", "packbits-3-rgb"])
  func colors(name: String) throws {
    let stack = try TIFFStack(opening: Fixture.dialect("predictor-\(name)"))
    for channel in 0..<3 {
      #expect(try stack.readVolume(channel: channel).voxels == Fixture.ramp(c: channel))
    }
  }

  @Test("where programs differ, and where values are lost, the file is refused")
  func refused() throws {
    let lerc = #expect(throws: TIFFError.self) {
      try TIFF.info(at: Fixture.dialect("predictor-lerc-3-float32"))
    }
    #expect(lerc?.found == "Predictor 3 with LERC, for samples of float32")
    // libtiff and ImageJ ignore the predictor of uncompressed pixels, tifffile undoes it.
    for (compression, predictor, found) in [
      (UInt64(1), UInt64(2), "Predictor 2 without compression, for samples of uint8"),
      (1, 3, "Predictor 3 without compression, for samples of uint8"),
      (32773, 3, "Predictor 3 with PackBits, for samples of uint8"),
      (32773, 9, "Predictor 9 with PackBits, for samples of uint8"),
      (7, 2, "Predictor 2 with JPEG, for samples of uint8"),
    ] {
      let error = try error(compression: compression, predictor: predictor)
      #expect(error?.found == found)
    }
    #expect(try error(compression: 1, predictor: 1) == nil)
  }

  private func error(compression: UInt64, predictor: UInt64) throws -> TIFFError? {
    try Fixture.withFolder { folder in
      var page = TIFFBytes.page(
        width: 4, height: 2, compression: compression, offsets: [8], sizes: [8])
      page.append(TIFFBytes.Tag(317, 3, [predictor]))
      let path = folder + "/a.tif"
      try TIFFBytes([page], data: Array(repeating: 0, count: 8)).file.write(
        to: URL(fileURLWithPath: path))
      do throws(TIFFError) {
        _ = try TIFF.info(at: path)
        return nil
      } catch {
        return error
      }
    }
  }
}

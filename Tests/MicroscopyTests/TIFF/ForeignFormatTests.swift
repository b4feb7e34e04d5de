import Foundation
import Microscopy
import TestSupport
import Testing

@Suite("Files of formats that are not read are named, with the way to convert them")
struct ForeignFormatTests {
  @Test(
    "by their first bytes and their names",
    arguments: [
      ("a.czi", Array("ZISRAWFILE".utf8), "a Zeiss CZI file", "bfconvert a.czi a.ome.tif"),
      ("b.nd2", [0xDA, 0xCE, 0xBE, 0x0A], "a Nikon ND2 file", "bfconvert b.nd2 b.ome.tif"),
      ("c.lif", [0x70, 0, 0, 0], "a Leica LIF file", "bfconvert c.lif"),
      ("d.ims", [0x89, 0x48, 0x44, 0x46], "a Bitplane Imaris file (HDF5)", "bfconvert d.ims"),
      ("e.h5", [0x89, 0x48, 0x44, 0x46], "an HDF5 file", "h5py"),
      ("e.tif", [0x89, 0x48, 0x44, 0x46], "an HDF5 file", "h5py"),
      ("f.oib", [0xD0, 0xCF, 0x11, 0xE0], "an Olympus OIB file", "bfconvert f.oib"),
      ("g.oif", [0xFF, 0xFE, 0x5B, 0], "an Olympus OIF file", "bfconvert g.oif"),
      ("h.vsi", [1, 2, 3, 4], "an Olympus VSI file", "bfconvert h.vsi"),
      ("i.mrc", [0, 1, 0, 0], "an MRC file", "bfconvert i.mrc"),
      ("j.klb", [2, 0, 0, 0], "a KLB file", "plugin KLB"),
      ("k.nrrd", Array("NRRD0004".utf8), "an NRRD file", "Fiji"),
      ("l.npy", [0x93] + Array("NUMPY".utf8), "a NumPy array", "tifffile.imwrite"),
      ("m.tif", [0x50, 0x4B, 3, 4], "a zip archive", "unpack"),
      ("n.nii.gz", [0x1F, 0x8B], "a gzip archive", "unpack"),
      ("o.tif", Array("hello".utf8), "something else (it does not begin as a TIFF)", "to TIFF"),
      ("p.tif", [], "an empty file", "to TIFF"),
    ] as [(String, [UInt8], String, String)])
  func named(file: String, bytes: [UInt8], name: String, way: String) throws {
    try Fixture.withFolder { folder in
      let path = "\(folder)/\(file)"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: TIFFError.self) { try TIFF.info(at: path) }
      #expect(error?.found == name)
      #expect(error?.description.contains(way) ?? false, "\(error?.description ?? "")")
    }
  }

  @Test("in a folder without images")
  func folders() throws {
    try Fixture.withFolder { folder in
      func problem() -> String {
        do {
          _ = try ImageSeries.open([folder])
          return ""
        } catch {
          return error.description
        }
      }
      #expect(
        problem().hasSuffix("the folder holds no TIFF (*.tif, *.tiff) and no OME-Zarr (*.zarr)"))
      for name in ["b.lif", "a.czi", "notes.txt", ".c.nd2"] {
        try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      #expect(
        problem().contains(
          "but a.czi, a Zeiss CZI file; convert it to OME-TIFF with Bio-Formats: bfconvert a.czi"),
        "\(problem())")
    }
  }

  @Test("LSM and MetaMorph stacks begin as TIFF does")
  func variants() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.lsm"
      for (tag, name) in [(UInt16(34412), "a Zeiss LSM file"), (33629, "a MetaMorph stack (STK)")] {
        var page = TIFFBytes.page(width: 4, height: 2, offsets: [8], sizes: [8])
        page.append(TIFFBytes.Tag(tag, 4, [1, 2]))
        try TIFFBytes([page], data: Array(repeating: 0, count: 8)).file.write(
          to: URL(fileURLWithPath: path))
        let error = #expect(throws: TIFFError.self) { try TIFF.info(at: path) }
        #expect(error?.found == name && error?.description.contains("bfconvert a.lsm") ?? false)
      }
    }
  }
}

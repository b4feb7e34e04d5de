/// Image formats that Morula does not read, and how to convert them.
package struct ForeignFormat: Sendable {
  /// What a file of the format is, in words.
  package let name: String
  /// What to do with a file, given its path.
  private let way: Way
  /// The bytes that such files begin with; empty where their names tell.
  private let start: [UInt8]
  /// The endings of their names, in lower case.
  private let endings: [String]

  private enum Way: Sendable {
    case bioFormats, fiji, hdf5, numpy, pages, unpack, klb, other
  }

  private init(_ name: String, _ way: Way, _ endings: String, start: [UInt8] = []) {
    self.name = name
    self.way = way
    self.start = start
    self.endings = endings.isEmpty ? [] : endings.split(separator: " ").map { "." + $0 }
  }

  /// The format of a file with this name that begins with these bytes; nil where it is unknown.
  ///
  /// The ending decides among formats that begin alike, as those on top of HDF5 do; without it, the
  /// first of them in the list is meant.
  package static func of(_ path: String, start: [UInt8] = []) -> ForeignFormat? {
    let name = path.lowercased()
    func isNamed(_ format: ForeignFormat) -> Bool { format.endings.contains(where: name.hasSuffix) }
    let begun = known.filter { !$0.start.isEmpty && start.starts(with: $0.start) }
    return begun.first(where: isNamed) ?? begun.first
      ?? known.first { isNamed($0) && ($0.start.isEmpty || start.isEmpty) }
  }

  /// How a file of the format becomes one that Morula reads.
  package func conversion(of path: String) -> String {
    switch way {
    case .bioFormats: Self.convert(path)
    case .fiji: "open it in Fiji and save it as TIFF (File > Save As > Tiff)"
    case .hdf5:
      "save the data set as TIFF: in Fiji with File > Import > HDF5, in Python with h5py and "
        + "tifffile.imwrite"
    case .numpy:
      "save it as TIFF in Python: tifffile.imwrite('a.tif', numpy.load('a.npy'), imagej=True)"
    case .pages:
      "save the planes as one TIFF stack: in Fiji with File > Import > Image Sequence, then "
        + "File > Save As > Tiff"
    case .unpack: "unpack it first"
    case .klb: "open it in Fiji with the plugin KLB and save it as TIFF"
    case .other: "convert the image to TIFF"
    }
  }

  /// How Bio-Formats converts a file of a microscope.
  static func convert(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let stem = name.split(separator: ".").first.map(String.init) ?? name
    return
      "convert it to OME-TIFF with Bio-Formats: bfconvert \(name) \(stem).ome.tif, or open it in Fiji "
      + "and save it as TIFF"
  }

  private static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46]
  private static let ole: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0]
  private static let zip: [UInt8] = [0x50, 0x4B, 3, 4]

  private static let known: [ForeignFormat] = [
    ForeignFormat("a Zeiss CZI file", .bioFormats, "czi", start: Array("ZISRAWFILE".utf8)),
    ForeignFormat("a Nikon ND2 file", .bioFormats, "nd2", start: [0xDA, 0xCE, 0xBE, 0x0A]),
    ForeignFormat("a JPEG 2000 image", .pages, "jp2 j2k", start: [0, 0, 0, 0x0C, 0x6A, 0x50]),
    ForeignFormat(
      "a Nikon ND2 file (JPEG 2000)", .bioFormats, "nd2", start: [0, 0, 0, 0x0C, 0x6A, 0x50]),
    ForeignFormat("a Leica LIF file", .bioFormats, "lif", start: [0x70, 0, 0, 0]),
    ForeignFormat("a Leica LOF file", .bioFormats, "lof xlef", start: [0x70, 0, 0, 0]),
    ForeignFormat("an HDF5 file", .hdf5, "h5 hdf5 hdf he5 ilp mat", start: hdf5),
    ForeignFormat("a Bitplane Imaris file (HDF5)", .bioFormats, "ims", start: hdf5),
    ForeignFormat("an OLE file such as Olympus OIB or Zeiss ZVI", .bioFormats, "ipw", start: ole),
    ForeignFormat("an Olympus OIB file", .bioFormats, "oib", start: ole),
    ForeignFormat("a Zeiss ZVI file", .bioFormats, "zvi", start: ole),
    ForeignFormat("an Olympus OIF file", .bioFormats, "oif"),
    ForeignFormat("an Olympus OIR file", .bioFormats, "oir", start: Array("OLYMPUSRAWFORMAT".utf8)),
    ForeignFormat("an Olympus VSI file", .bioFormats, "vsi ets"),
    ForeignFormat("a Zeiss LSM file", .bioFormats, "lsm"),
    ForeignFormat("a Leica LEI file", .bioFormats, "lei"),
    ForeignFormat("a MetaMorph file", .bioFormats, "stk nd"),
    ForeignFormat("a SlideBook file", .bioFormats, "sld sldy"),
    ForeignFormat("an Andor file", .bioFormats, "sif", start: Array("Andor Technology".utf8)),
    ForeignFormat("a DeltaVision file", .bioFormats, "dv r3d"),
    ForeignFormat("an MRC file", .bioFormats, "mrc mrcs st rec map ali"),
    ForeignFormat("an ICS file", .bioFormats, "ics ids"),
    ForeignFormat("an Imspector file", .bioFormats, "obf msr", start: Array("OMAS_BF_".utf8)),
    ForeignFormat("a Gatan file", .bioFormats, "dm3 dm4 dm2"),
    ForeignFormat("an Amira file", .bioFormats, "am amiramesh", start: Array("# AmiraMesh".utf8)),
    ForeignFormat("a PerkinElmer file", .bioFormats, "flex mvd2"),
    ForeignFormat("a NIfTI or Analyze file", .bioFormats, "nii nii.gz img hdr"),
    ForeignFormat("a KLB file", .klb, "klb"),
    ForeignFormat("an NRRD file", .fiji, "nrrd nhdr", start: Array("NRRD".utf8)),
    ForeignFormat("a MetaImage file", .fiji, "mha mhd"),
    ForeignFormat("a DICOM file", .fiji, "dcm dicom"),
    ForeignFormat("an AVI film", .fiji, "avi"),
    ForeignFormat("a NumPy array", .numpy, "npy", start: [0x93] + Array("NUMPY".utf8)),
    ForeignFormat("a zip archive", .unpack, "zip", start: zip),
    ForeignFormat("a NumPy archive", .numpy, "npz", start: zip),
    ForeignFormat("a PNG image", .pages, "png", start: [0x89, 0x50, 0x4E, 0x47]),
    ForeignFormat("a JPEG image", .pages, "jpg jpeg", start: [0xFF, 0xD8, 0xFF]),
    ForeignFormat("a GIF image", .pages, "gif", start: Array("GIF8".utf8)),
    ForeignFormat("a BMP image", .pages, "bmp", start: Array("BM".utf8)),
    ForeignFormat("a gzip archive", .unpack, "gz", start: [0x1F, 0x8B]),
    ForeignFormat("a PDF document", .other, "pdf", start: Array("%PDF".utf8)),
  ]
}

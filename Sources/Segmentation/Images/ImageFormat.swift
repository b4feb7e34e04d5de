import Foundation

/// A format that images can be converted to.
package enum ImageFormat: String, Sendable, CaseIterable {
  /// One ImageJ hyperstack.
  case imageJ = "imagej"
  /// One OME-TIFF.
  case omeTIFF = "ome-tiff"
  /// A folder of the Cell Tracking Challenge, a TIFF for each frame.
  case ctc
  /// An OME-Zarr image with levels of resolution.
  case omeZarr = "ome-zarr"

  /// The format that the name of an output stands for: `.ome.tif`, `.tif`, `.zarr`, or a folder of
  /// the Cell Tracking Challenge (`01`, `01_RES`, `01_GT/TRA`, `01_GT/SEG`); nil for other names.
  package init?(output: String) {
    let name = output.lowercased()
    func has(_ endings: String...) -> Bool { endings.contains { name.hasSuffix($0) } }
    if has(".ome.tif", ".ome.tiff") {
      self = .omeTIFF
    } else if has(".tif", ".tiff") {
      self = .imageJ
    } else if has(".zarr", ".zarr/") {
      self = .omeZarr
    } else if CTCNames(folder: output) != nil {
      self = .ctc
    } else {
      return nil
    }
  }

  /// The ending of file names; nil for folders of files.
  var ending: String? {
    switch self {
    case .imageJ: ".tif"
    case .omeTIFF: ".ome.tif"
    case .omeZarr: ".zarr"
    case .ctc: nil
    }
  }
}

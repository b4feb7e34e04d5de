import Foundation
import Microscopy

/// The label images that one option of an evaluation names: a file, or a folder with its track table.
struct LabelFiles {
  /// The path as given.
  let argument: String
  /// The files, in natural order.
  let files: [VolumeFiles.File]
  /// Whether a folder was given.
  let isFolder: Bool
  /// The folder's `man_track.txt` or `res_track.txt`, nil where it has none.
  let tracks: String?

  /// Finds the files.
  ///
  /// Of a folder with `labels/` (written by `morula segment`) or `instances/` (a data set) that one is
  /// taken, of a Cell Tracking Challenge truth its `SEG/` or `TRA/`, of an OME-Zarr image its only labels.
  ///
  /// - Throws: `InputError` where there is no such path or no image in it, or where a folder
  ///   holds two kinds of truth.
  init(_ argument: String) throws {
    self.argument = argument
    guard Self.isFolder(argument), !ZarrImage.isZarr(argument) else {
      files = try VolumeFiles.list([ZarrImage.labelImage(in: argument)])
      (isFolder, tracks) = (false, nil)
      return
    }
    var folder =
      argument.count > 1 && argument.hasSuffix("/") ? String(argument.dropLast()) : argument
    var places = [folder]
    if let part = ["labels", "instances"].first(where: { Self.isFolder("\(folder)/\($0)") }) {
      folder += "/" + part
      places.insert(folder, at: 0)
    } else {
      let parts = ["SEG", "TRA"].filter { Self.isFolder("\(folder)/\($0)") }
      if parts.count == 2 {
        throw InputError(
          argument,
          "holds SEG/ (masks, for SEG) and TRA/ (markers, for DET and TRA); name the one to compare "
            + "with")
      }
      if let part = parts.first {
        folder += "/" + part
        places.insert(folder, at: 0)
      }
      // The table of `labels/` or `instances/` lies beside the folder.
      let name = URL(filePath: folder).standardizedFileURL.lastPathComponent
      if ["labels", "instances"].contains(name) { places.append(folder + "/..") }
    }
    files = try VolumeFiles.list([folder])
    isFolder = true
    tracks = places.flatMap { ["\($0)/man_track.txt", "\($0)/res_track.txt"] }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  private static func isFolder(_ path: String) -> Bool {
    (try? URL(filePath: path).resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
  }
}

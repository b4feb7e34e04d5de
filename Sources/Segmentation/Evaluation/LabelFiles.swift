import Compute
import Foundation
import Microscopy

/// The label images of one side of an evaluation: a file, or a folder with its track table.
struct LabelFiles {
  /// The path as given.
  let argument: String
  /// The files, in natural order.
  let files: [VolumeFiles.File]
  /// Whether a folder was given.
  let isFolder: Bool
  /// The folder's `man_track.txt` or `res_track.txt`; nil if it has neither.
  let tracks: String?

  /// Finds the files.
  ///
  /// In a folder with `labels/` (results of a segmentation) or `instances/` (a data set) the files
  /// are those of that subfolder. In a ground truth of the Cell Tracking Challenge they are those
  /// of `SEG/` or `TRA/`. In an OME-Zarr image they are its only labels.
  ///
  /// - Throws: `InputError` if the path does not exist or holds no image, or if a folder holds both
  ///   kinds of ground truth.
  init(_ argument: String) throws {
    self.argument = argument
    guard Folder.exists(argument), !ZarrImage.isZarr(argument) else {
      files = try VolumeFiles.list([try ZarrImage.labelImage(in: argument)])
      (isFolder, tracks) = (false, nil)
      return
    }
    var folder =
      argument.count > 1 && argument.hasSuffix("/") ? String(argument.dropLast()) : argument
    var tableFolders = [folder]
    if let part = ["labels", "instances"].first(where: { Folder.exists("\(folder)/\($0)") }) {
      folder += "/" + part
      tableFolders.insert(folder, at: 0)
    } else {
      let parts = ["SEG", "TRA"].filter { Folder.exists("\(folder)/\($0)") }
      if parts.count == 2 {
        throw InputError(
          argument,
          "holds SEG/ (masks, for SEG) and TRA/ (markers, for DET and TRA); name the one to compare "
            + "with")
      }
      if let part = parts.first {
        folder += "/" + part
        tableFolders.insert(folder, at: 0)
      }
      // The table of `labels/` or `instances/` lies beside the folder.
      let name = FileSystem.lastComponent(of: FileSystem.resolved(folder))
      if ["labels", "instances"].contains(name) { tableFolders.append(folder + "/..") }
    }
    files = try VolumeFiles.list([folder])
    isFolder = true
    tracks = tableFolders.flatMap { ["\($0)/man_track.txt", "\($0)/res_track.txt"] }
      .first { FileSystem.exists($0) }
  }
}

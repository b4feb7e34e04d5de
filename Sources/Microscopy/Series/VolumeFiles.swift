import Compute
import Foundation

/// The images that a command's arguments name: TIFF files and OME-Zarr folders.
package enum VolumeFiles {
  /// One file, or the folder of an OME-Zarr image.
  package struct File: Sendable, Hashable {
    /// Its path.
    package let path: String
    /// Its name without folder and extension.
    package let name: String
    /// The specimen that its folder stands for, as a path, such as `Emb01`; empty where folders do
    /// not count.
    package internal(set) var group = ""

    /// What results are named after: the name, in the folder of the specimen if there is one.
    package var stem: String { group.isEmpty ? name : group + "/" + name }

    /// The names for results of the frames inside, `<stem>_t001` and on, counted from 1 as ImageJ
    /// does.
    package func frameStems(_ frames: Int) -> [String] {
      let digits = max(3, String(frames).count)
      return (1...frames).map { number in
        let text = String(number)
        return "\(stem)_t\(String(repeating: "0", count: digits - text.count))\(text)"
      }
    }
  }

  /// The names of the frames of a file, as ``ImageSeries`` gives them: `<stem>_t001` and on.
  package static func frameStems(of path: String, frames: Int) -> [String] {
    file(path).frameStems(frames)
  }

  /// Images as given, other folders as the images in them, in natural order.
  ///
  /// A folder without images of its own stands for those in its folders, each of which is a
  /// specimen. Where files of several folders have the same name, each folder is a specimen too.
  ///
  /// - Throws: ``InputError`` where a path does not exist, a folder holds no image, or two files
  ///   would give results of the same name.
  package static func list(_ arguments: [String]) throws(InputError) -> [File] {
    var files: [File] = []
    for argument in arguments {
      guard try isFolder(argument), !ZarrImage.isZarr(argument) else {
        files.append(file(argument))
        continue
      }
      files += try SpecimenFolders.files(in: argument)
    }
    if Set(files.map(\.stem)).count < files.count {
      files = SpecimenFolders.grouped(files)
    }
    var seen: [String: String] = [:]
    for file in files {
      if let other = seen.updateValue(file.path, forKey: file.stem) {
        throw InputError(
          file.path,
          "would give a result of the same name as \(other)",
          advice: .separateOutputs)
      }
    }
    return files
  }

  /// The images in a folder, `*.tif`, `*.tiff` and `*.zarr`, in natural order.
  ///
  /// - Throws: ``InputError`` where it cannot be read or holds none.
  package static func stacks(in folder: String) throws(InputError) -> [File] {
    let names = try names(in: folder)
    let stacks = stacks(folder, names)
    guard !stacks.isEmpty else { throw emptyError(folder, names) }
    return stacks
  }

  /// The names in a folder.
  static func names(in folder: String) throws(InputError) -> [String] {
    do throws(FileError) { return try FileSystem.names(in: folder) } catch {
      throw InputError(
        folder, "the folder cannot be read: \(error.reason)", advice: error.advice)
    }
  }

  /// The images among the names in a folder, in natural order.
  static func stacks(_ folder: String, _ names: [String]) -> [File] {
    let endings = [".tif", ".tiff", ".zarr"]
    let stacks = names.filter { name in
      !name.hasPrefix(".") && endings.contains { name.lowercased().hasSuffix($0) }
    }
    return NaturalOrder.sorted(stacks).map { file(folder + "/" + $0) }
  }

  /// The error for a folder of these names, none of which is an image that is read.
  static func emptyError(_ folder: String, _ names: [String]) -> InputError {
    let problem = "the folder holds no TIFF (*.tif, *.tiff) and no OME-Zarr (*.zarr)"
    let others = NaturalOrder.sorted(names).lazy.compactMap { name in
      ForeignFormat.of(name).map { (name, $0) }
    }
    guard let (name, format) = others.first(where: { !$0.0.hasPrefix(".") }) else {
      return InputError(folder, problem)
    }
    return InputError(
      folder, "\(problem), but \(name), \(format.name)",
      advice: .other(format.conversion(of: name)))
  }

  /// Makes the folder for results, `<folder>/<stem>.tif` each.
  ///
  /// - Throws: ``InputError`` where it cannot be made, or a result would replace one of the files.
  package static func prepare(folder: String, besides files: [File]) throws(InputError) {
    try prepare(folder: folder, stems: files.map(\.stem), inputs: files.map(\.path))
  }

  static func prepare(folder: String, stems: [String], inputs: [String]) throws(InputError) {
    let protected = ProtectedInputs(inputs)
    for stem in stems { try protected.check("\(folder)/\(stem).tif", as: .file) }
    do throws(FileError) { try FileSystem.makeFolder(folder) } catch {
      throw InputError(
        folder, "the folder cannot be made: \(error.reason)", advice: .chooseOutput)
    }
  }

  /// Whether a path leads to a folder.
  ///
  /// - Throws: ``InputError`` where it leads nowhere.
  package static func isFolder(_ path: String) throws(InputError) -> Bool {
    do throws(FileError) { return try FileStatus(of: path).kind == .folder } catch {
      throw error.code == ENOENT ? InputError(path, error.reason) : InputError(error)
    }
  }

  private static func file(_ path: String) -> File {
    let name = (path as NSString).lastPathComponent
    let base = (name as NSString).deletingPathExtension
    // `a.ome.tif` and `a.ome.zarr` are named `a`.
    let stem = base.lowercased().hasSuffix(".ome") ? String(base.dropLast(4)) : base
    return File(path: path, name: stem)
  }
}

import Compute

/// Folders of which each holds the images of one specimen.
enum SpecimenFolders {
  /// How many folders deep images are looked for.
  private static let deepest = 3
  /// Folders of data sets that hold the images beside other folders of what belongs to them.
  private static let ofImages = ["images", "image", "raw"]

  /// The images in a folder or, if it holds none, those in its folders, each of which is a specimen.
  ///
  /// Left out are hidden folders, results of Morula, and truth and results of the Cell Tracking
  /// Challenge.
  ///
  /// - Throws: ``InputError`` where there are none, or where the folders are parts of a data set.
  static func files(in folder: String) throws(InputError) -> [VolumeFiles.File] {
    let names = try VolumeFiles.names(in: folder)
    let stacks = VolumeFiles.stacks(folder, names)
    if !stacks.isEmpty { return stacks }
    let specimens = try specimens(in: folder, names, depth: 1)
    guard !specimens.isEmpty else { throw VolumeFiles.emptyError(folder, names) }
    return specimens
  }

  /// The images in the folders of a folder that holds no images.
  private static func specimens(
    in folder: String, _ names: [String], depth: Int
  ) throws(InputError) -> [VolumeFiles.File] {
    guard depth <= deepest else { return [] }
    var files: [VolumeFiles.File] = []
    var found: [String] = []
    for name in NaturalOrder.sorted(names.filter { mayHoldImages(folder, $0) }) {
      let inner = folder + "/" + name
      let names = try VolumeFiles.names(in: inner)
      var own = VolumeFiles.stacks(inner, names)
      if own.isEmpty { own = try specimens(in: inner, names, depth: depth + 1) }
      if own.isEmpty { continue }
      found.append(name)
      for var file in own {
        file.group = file.group.isEmpty ? name : name + "/" + file.group
        files.append(file)
      }
    }
    if found.count > 1, let images = found.first(where: { ofImages.contains($0.lowercased()) }) {
      throw InputError(
        folder, "holds folders of different kinds (\(found.prefix(4).joined(separator: ", ")))",
        advice: "name one of them, for example \(folder)/\(images)")
    }
    return files
  }

  /// Whether to look for images in a folder of this name.
  private static func mayHoldImages(_ folder: String, _ name: String) -> Bool {
    let path = folder + "/" + name
    let others = ["_gt", "_st", "_res", "_err_seg"]
    return !name.hasPrefix(".") && !others.contains { name.lowercased().hasSuffix($0) }
      && FileSystem.isFolder(path) && !FileSystem.exists(path + "/.morula")
  }

  /// The same files, each in the specimen of its folder: what is left of the folder's path without
  /// what all have in common.
  static func grouped(_ files: [VolumeFiles.File]) -> [VolumeFiles.File] {
    let folders = files.map { file in
      FileSystem.absolute(FileSystem.parent(of: file.path)).split(separator: "/")
    }
    guard let first = folders.first else { return files }
    let common = folders.reduce(first.count) { length, folder in
      min(length, zip(first, folder).prefix { $0 == $1 }.count)
    }
    return zip(files, folders).map { file, folder in
      var file = file
      file.group = folder.dropFirst(common).joined(separator: "/")
      return file
    }
  }
}

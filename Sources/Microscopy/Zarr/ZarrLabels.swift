import Compute
import Foundation

/// The label images inside of an OME-Zarr image, to which one can be added.
///
/// Nothing else of the image changes. Label images are written in the image's version of Zarr, as
/// one hierarchy has one version.
package struct ZarrLabels: Sendable {
  /// The image.
  package let image: ZarrImage
  /// The version of NGFF that label images get.
  package let version: ZarrWriter.Version

  /// The label images of an image.
  package init(of image: ZarrImage) {
    self.image = image
    version = FileSystem.exists(image.path + "/zarr.json") ? .v05 : .v04
  }

  private var folder: String { image.path + "/labels" }

  /// The folder of a label image.
  package func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Where the metadata of the whole image are kept a second time, for programs that read them at
  /// once: what is added is not in there. nil if they are not.
  package var consolidatedMetadata: String? {
    let file = image.path + (version == .v04 ? "/.zmetadata" : "/zarr.json")
    guard let data = ZarrGroup.contents(file), let json = JSONObject(data) else { return nil }
    return version == .v04 || json["consolidated_metadata"] != nil ? file : nil
  }

  /// Makes the group of labels where there is none; it lists no image then.
  package func makeGroup() throws {
    do throws(FileError) { try FileSystem.makeFolder(folder) } catch {
      throw InputError(image.path, "cannot take labels", error)
    }
    try withLock {
      for (name, text) in ZarrMetadata(version: version).labelGroup([])
      where !FileSystem.exists("\(folder)/\(name)") {
        try AtomicFile.write(to: "\(folder)/\(name)") { try $0.write(contentsOf: text) }
      }
    }
  }

  /// Lists a label image, whose folder is complete, beside those that the group lists.
  package func add(_ name: String) throws {
    try withLock {
      let metadata = ZarrMetadata(version: version)
      let file = "\(folder)/\(version == .v04 ? ".zattrs" : "zarr.json")"
      let data = ZarrGroup.contents(file)
      if let (_, text) = metadata.labelAttributes(adding: [name], to: data) {
        try AtomicFile.write(to: file) { try $0.write(contentsOf: text) }
      }
      guard
        ZarrGroup(of: folder)?.attributes.list("labels")?.contains(where: {
          $0 as? String == name
        }) == true
      else {
        throw InputError(
          file, "cannot list the label image \(name)", advice: "see whether it is JSON")
      }
    }
  }

  /// Runs `body` while no other process changes the group.
  private func withLock(_ body: () throws -> Void) throws {
    let lock = try FolderLock(folder, isPatient: true)
    try body()
    _ = consume lock
  }
}

import Compute

/// The files and folders that a command reads, which nothing it writes may replace or change.
///
/// Files are compared by what they are (device and inode) and where they really lie, not by how
/// their paths are spelled: symbolic and hard links, `..` and relative paths make no difference.
package struct ProtectedInputs: Sendable {
  /// What a file or folder is, whatever it is called.
  private struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64

    init?(_ path: String) {
      guard let status = try? FileStatus(of: path) else { return nil }
      device = status.device
      inode = status.number
    }
  }

  /// What is written.
  package enum Output: Sendable {
    /// A file, which replaces one of its name.
    case file
    /// A folder, which replaces one of its name with all that is in it.
    case folder
    /// A label image inside of the OME-Zarr image at this path, which may be an input.
    case labels(of: String)
  }

  private struct Input {
    let path: String
    let real: String
    let identity: Identity
    /// Whether it is an OME-Zarr image, all of which is the input, whatever is read of it.
    let isWhole: Bool
  }

  private let inputs: [Input]
  private let hasWhole: Bool

  /// The inputs; paths that lead nowhere protect nothing.
  package init(_ paths: [String]) {
    inputs = paths.compactMap { path in
      Identity(path).map {
        Input(path: path, real: Self.real(path), identity: $0, isWhole: ZarrImage.isZarr(path))
      }
    }
    hasWhole = inputs.contains(where: \.isWhole)
  }

  /// Throws if writing to a path would replace an input, a folder that holds one, or something
  /// inside of an OME-Zarr input other than the label image that is wanted there.
  package func check(_ path: String, as output: Output) throws(InputError) {
    let real = Self.real(path)
    let identity = Identity(real)
    let above = hasWhole ? Self.folders(above: real).compactMap(Identity.init) : []
    var (isFolder, image): (Bool, Identity?) = (true, nil)
    switch output {
    case .file: isFolder = false
    case .folder: break
    case .labels(let path): image = Identity(path)
    }
    for input in inputs {
      if identity == input.identity || real == input.real {
        throw InputError(input.path, "would be replaced by a result", advice: .chooseOutput)
      }
      if input.isWhole, input.identity != image, above.contains(input.identity) {
        throw InputError(
          input.path, "would get a result inside of it, \(path)", advice: .chooseOutput)
      }
      guard isFolder, let identity else { continue }
      if Self.folders(above: input.real).contains(where: { Identity($0) == identity }) {
        throw InputError(
          input.path, "would be removed with \(path), which holds it", advice: .chooseOutput)
      }
    }
  }

  /// The folders that a real path lies in, without the root.
  private static func folders(above path: String) -> [String] {
    var folders: [String] = []
    var rest = path[...]
    while let slash = rest.lastIndex(of: "/"), slash > rest.startIndex {
      rest = rest[..<slash]
      folders.append(String(rest))
    }
    return folders
  }

  /// Where a path leads: what exists of it without links, and the rest as it will be; `a/../b` is
  /// `b` also where there is no `a` yet.
  package static func real(_ path: String) -> String { FileSystem.resolved(path) }
}

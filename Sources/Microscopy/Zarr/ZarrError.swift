import Compute

/// Why an OME-Zarr image cannot be read or written, in one line: where, what is wrong, what to do.
public struct ZarrError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or folder.
  public let path: String
  /// What is wrong and what to do.
  public let problem: String

  init(_ path: String, _ problem: String) {
    self.path = path
    self.problem = problem.onOneLine()
  }

  /// As `embryo.zarr/0/.zarray: …`.
  public var description: String { "\(path): \(problem)" }
}

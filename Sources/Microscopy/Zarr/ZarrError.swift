import Compute

/// Why an OME-Zarr image cannot be read or written, in one line: where, what is wrong, what to do.
public struct ZarrError: AdvisedError, Hashable {
  /// The file or folder.
  public let path: String
  /// What is wrong.
  public let problem: String
  /// What to do about it; nil if the problem says it.
  public let advice: Advice?

  init(_ path: String, _ problem: String, advice: Advice? = nil) {
    self.path = path
    self.problem = problem.onOneLine()
    self.advice = advice
  }

  /// As `embryo.zarr/0/.zarray: …`.
  public var statement: String { "\(path): \(problem)" }
}

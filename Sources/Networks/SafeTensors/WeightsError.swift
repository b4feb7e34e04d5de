import Compute

/// A weights file that cannot be read or written, or that does not hold what is asked of it.
public struct WeightsError: AdvisedError, Hashable {
  /// The class of a problem.
  public enum Kind: Hashable, Sendable {
    /// The system cannot open or read the file.
    case unreadable
    /// The system cannot write the file.
    case unwritable
    /// The file ends before its contents do.
    case truncated
    /// The file breaks its format's rules.
    case malformed
    /// The file is valid but holds something that Morula does not read.
    case unsupported
    /// A tensor is absent.
    case missing
    /// A tensor has another shape or type than the network needs.
    case mismatch
    /// A tensor holds values that no network can compute with: NaN, infinite, a negative variance.
    case unusable
  }

  /// The class of the problem.
  public let kind: Kind
  /// The file's path.
  public let file: String
  /// The tensor's name, where the problem lies in one.
  public let tensor: String?
  /// What was expected and what was found.
  public let problem: String
  /// What to do about it; nil if the problem says it.
  public let advice: Advice?

  /// An error about `file`, or about one `tensor` in it.
  public init(
    _ kind: Kind, file: String, tensor: String? = nil, _ problem: String, advice: Advice? = nil
  ) {
    self.kind = kind
    self.file = file
    self.tensor = tensor
    self.problem = problem.onOneLine()
    self.advice = advice
  }

  /// What the system said about a file.
  package init(_ kind: Kind, _ error: FileError) {
    self.init(kind, file: error.file, error.reason, advice: error.advice)
  }

  /// One line: file, tensor, problem.
  public var statement: String {
    guard let tensor else { return "\(file): \(problem)" }
    // Quoted with escapes, because a hostile name may hold line breaks; and not at any length.
    return "\(file), tensor \(String(tensor.prefix(100)).debugDescription): \(problem)"
  }
}

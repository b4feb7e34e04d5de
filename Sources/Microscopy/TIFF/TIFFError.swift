import Compute

/// Why a TIFF file cannot be read or written: which file and page, what was expected, what was
/// found and what to do, in one line.
public struct TIFFError: AdvisedError, Hashable {
  /// What kind of trouble it is.
  public enum Kind: String, Hashable, Sendable {
    /// There is no such file, or it may not be opened.
    case missing
    /// A folder, an empty file, or not a TIFF at all.
    case notTIFF
    /// The file ends early or contradicts the TIFF format.
    case corrupt
    /// A valid TIFF with samples, colors or a layout that Morula does not read.
    case unsupported
    /// More voxels than the limit.
    case tooLarge
    /// What the metadata say and what the file holds differ.
    case contradictory
    /// A channel or a frame that the file does not have, or that must be chosen first.
    case selection
    /// The file could not be written.
    case notWritten
  }

  /// The kind of trouble.
  public let kind: Kind
  /// The file.
  public let path: String
  /// The page, counted from 1; nil where the whole file is meant.
  public let page: Int?
  /// What was expected.
  public let expected: String
  /// What was found instead.
  public let found: String
  /// What to do about it.
  public let advice: Advice?
  /// The system's number of the reason (`errno`); 0 where the reason is not the system's.
  package let systemCode: Int32

  init(
    _ kind: Kind, _ path: String, page: Int? = nil, expected: String, found: String,
    advice: Advice?, systemCode: Int32 = 0
  ) {
    self.kind = kind
    self.path = path
    self.page = page
    self.expected = expected.onOneLine()
    self.found = found.onOneLine()
    self.advice = advice
    self.systemCode = systemCode
  }

  /// The error in one line, without the advice.
  public var statement: String {
    "\(path)\(page.map { ", page \($0)" } ?? ""): expected \(expected), found \(found)"
  }
}

import Compute

/// Where a value of a configuration was written.
public enum ConfigurationOrigin: Sendable, Equatable {
  /// A file.
  case file(String)
  /// A line of a file, counted from 1.
  case line(Int, file: String)
  /// An override that a caller gave, `optimizer.kind=adam`.
  case override(String)
  /// Made by a program: a default, or a checkpoint.
  case program
}

extension ConfigurationOrigin: CustomStringConvertible {
  /// As `nsn.yaml:12`, or `override optimizer.kind=adam`.
  public var description: String {
    switch self {
    case .file(let name): name.onOneLine()
    case .line(let line, let name): "\(name.onOneLine()):\(line)"
    case .override(let text): "override \(text.onOneLine())"
    case .program: "configuration"
    }
  }
}

/// The version of the library and the command.
public enum Version {
  /// As in CHANGELOG.md.
  public static let current = "0.1.0"
}

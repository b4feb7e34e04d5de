/// The version of the library and the command.
public enum Version {
  /// The version of the newest section of CHANGELOG.md.
  public static let current = "0.1.0"
}

/// What a file says about a channel.
public struct ImageChannel: Hashable, Sendable {
  /// Its name, for example that of the stain; nil where not stated.
  public var name: String?
  /// The color that it is shown in, nil where not stated.
  public var color: ChannelColor?

  /// A channel; an empty name counts as none.
  public init(name: String? = nil, color: ChannelColor? = nil) {
    let text = name?.split(whereSeparator: \.isNewline).joined(separator: " ")
      .trimmingPrefix(while: \.isWhitespace)
    self.name = text.flatMap { $0.isEmpty ? nil : String($0.prefix(Self.longestName)) }
    self.color = color
  }

  /// The characters of a name that are kept: ImageJ's files repeat it for every plane.
  private static let longestName = 500

  /// Whether nothing is stated.
  var isUnknown: Bool { name == nil && color == nil }
}

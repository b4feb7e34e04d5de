import Compute

/// Which channel of an image is meant.
public enum ChannelChoice: Hashable, Sendable {
  /// The channel of this index, from 0.
  case index(Int)
  /// The channel of this number, counted from 1, or else of this name.
  case written(String)

  /// What a user wrote: a number counted from 1, or a name; nil for an empty text and for numbers
  /// below 1.
  public init?(_ text: String) {
    if text.isEmpty || Int(text).map({ $0 < 1 }) == true { return nil }
    self = .written(text)
  }

  /// The choice as a user would write it.
  package var text: String {
    switch self {
    case .index(let index): "\(index + 1)"
    case .written(let text): text
    }
  }

  /// The index of the channel in an image.
  ///
  /// A number that the image has is a number, whatever its channels are called. A name is the one
  /// that is equal, else the only one that differs in upper and lower case alone.
  ///
  /// - Throws: ``InputError`` where the image has no such channel, or several of that name.
  package func index(in image: any ImageSource) throws(InputError) -> Int {
    let count = image.channels
    let number: Int?
    switch self {
    case .index(let index): number = index
    case .written(let text): number = Int(text).map { $0 - 1 }
    }
    if let number, (0..<count).contains(number) { return number }
    let names = image.channelDescriptions.map(\.name)
    if case .written(let text) = self {
      let equal = names.indices.filter { names[$0] == text }
      let similar = names.indices.filter { names[$0]?.lowercased() == text.lowercased() }
      let found = equal.isEmpty ? similar : equal
      if found.count == 1 { return found[0] }
      if found.count > 1 {
        throw InputError(
          image.path, "has \(found.count) channels of the name \(text)",
          advice: .chooseChannel(count: count))
      }
    }
    if count == 1 {
      let name = names[0].map { ", \($0.onOneLine(limit: 80))" } ?? ""
      throw InputError(image.path, "has a single channel\(name)", advice: .omitChannel(text))
    }
    throw InputError(
      image.path, "has no channel \(text)\(Self.list(names))", advice: .chooseChannel(count: count))
  }

  /// The index of the channel of an image for which no choice may have been made.
  ///
  /// - Throws: ``InputError`` where there are several and none is chosen, or as ``index(in:)``.
  package static func index(
    of choice: ChannelChoice?, in image: any ImageSource
  ) throws(InputError) -> Int {
    if let choice { return try choice.index(in: image) }
    guard image.channels > 1 else { return 0 }
    throw InputError(
      image.path,
      "has \(image.channels) channels\(list(image.channelDescriptions.map(\.name)))",
      advice: .chooseChannel(count: image.channels))
  }

  /// The names that are known: ` (1 H2B, 2 GFP)`.
  private static func list(_ names: [String?]) -> String {
    let known = names.enumerated().compactMap { number, name in
      name.map { "\(number + 1) \($0.onOneLine(limit: 40))" }
    }
    return known.isEmpty ? "" : " (\(InputError.list(known, limit: 8)))"
  }
}

extension ChannelChoice: ExpressibleByIntegerLiteral {
  /// The channel of an index, from 0.
  public init(integerLiteral index: Int) { self = .index(index) }
}

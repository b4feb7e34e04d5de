import ArgumentParser
import Microscopy

extension ChannelChoice: ExpressibleByArgument {
  /// A number, counted from 1, or a name. An impossible one is kept, so that ``check(_:)`` can say
  /// what is wrong with it.
  public init(argument: String) { self = ChannelChoice(argument) ?? .written(argument) }

  /// Throws if a choice is impossible.
  static func check(_ choice: ChannelChoice?) throws {
    guard let choice, ChannelChoice(choice.text) == nil else { return }
    throw ValidationError("--channel is the number of a channel, counted from 1, or its name")
  }
}

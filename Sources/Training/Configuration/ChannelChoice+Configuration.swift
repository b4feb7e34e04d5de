import Microscopy

extension ChannelChoice: ConfigurationScalar {
  package init?(configurationText: String) { self.init(configurationText) }
  package var configurationContent: ConfigurationNode.Content {
    Int(text) == nil ? .quoted(text) : .plain(text)
  }
  package static var expectation: String { "a channel, counted from 1, or its name" }
}

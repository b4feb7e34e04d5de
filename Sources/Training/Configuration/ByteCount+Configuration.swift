import Compute

extension ByteCount: ConfigurationScalar {
  package init?(configurationText: String) { self.init(text: configurationText) }
  package var configurationContent: ConfigurationNode.Content { .plain(description) }
  package static var expectation: String { "an amount of memory such as 512M or 1G" }
}

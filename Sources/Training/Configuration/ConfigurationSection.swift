/// The keys of one section; the raw values are the words in the file.
package protocol ConfigurationKey: CaseIterable, RawRepresentable, Hashable, Sendable
where RawValue == String {}

/// One section of the configuration.
///
/// ``visit(_:)`` names every key once, with its rule; reading, writing and the suggestions of error
/// messages all follow from that one list.
package protocol ConfigurationSection: Sendable, Equatable {
  associatedtype Key: ConfigurationKey
  /// The defaults.
  init()
  /// Reads or writes every key.
  mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError)
}

/// Where relative paths start.
package struct PathContext: Sendable {
  /// For paths written in the file: the file's folder.
  package var fileDirectory: String
  /// For paths in overrides: the working directory.
  package var workingDirectory: String

  package init(fileDirectory: String, workingDirectory: String) {
    self.fileDirectory = fileDirectory
    self.workingDirectory = workingDirectory
  }
}

extension PreprocessingConfiguration: Codable {
  /// Reads the section as weights files hold it, with the same checks as a configuration file.
  public init(from decoder: any Decoder) throws {
    try self.init(
      reading: ConfigurationNode(from: decoder), defaults: PreprocessingConfiguration(),
      path: ["preprocessing"], context: PathContext(fileDirectory: "/", workingDirectory: "/"))
  }

  /// Writes the section with all its keys.
  public func encode(to encoder: any Encoder) throws {
    try node(path: ["preprocessing"]).encode(to: encoder)
  }
}

extension NetworkConfiguration.Kind: Codable {}
extension NetworkConfiguration.Output: Codable {}

import Networks

extension Model {
  /// The three published networks.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// The nuclear segmentation network: 3 levels, base 16, kernel 3.
    case nsn
    /// The nuclear detection network: 5 levels, base 12, kernel 5.
    case ndn
    /// The 3D U-Net: 4 levels, base 32, kernel 3.
    case unet

    /// The architecture with the published sizes.
    public var architecture: UNetConfiguration {
      switch self {
      case .nsn: .nsn
      case .ndn: .ndn
      case .unet: .unet
      }
    }
  }

  /// The function from logits to probabilities.
  public enum Output: String, Sendable, CaseIterable, Codable {
    /// One channel, the foreground's logit.
    case sigmoid
    /// Two channels, background and foreground.
    case softmax
  }
}

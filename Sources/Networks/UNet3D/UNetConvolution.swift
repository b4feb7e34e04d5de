/// A convolution of a ``UNet3D``: its role, level and channels, which no input changes.
package struct UNetConvolution: Hashable, Sendable {
  /// What it does in the network.
  package enum Kind: Hashable, Sendable {
    /// The first (0) or second (1) of an encoder level's block.
    case encoder(step: Int)
    /// The transposed convolution 2×2×2 of stride 2 that leads up to a decoder level.
    case upsampling
    /// The first (0) or second (1) of a decoder level's block.
    case decoder(step: Int)
    /// The last one, 1×1×1.
    case head
  }

  /// What it does.
  package let kind: Kind
  /// The level of its output; 0 is the finest.
  package let level: Int
  /// Channels of the input.
  package let inputs: Int
  /// Channels of the output.
  package let outputs: Int
  /// The edge of the cubic window.
  package let kernel: Int

  /// The path in the network, for example `encoder.0.convolution.1`; its parameters are
  /// `<name>.weight` and `<name>.bias`.
  package var name: String {
    switch kind {
    case .encoder(let step): "\(Self.encoderBlock(level)).convolution.\(step)"
    case .decoder(let step): "\(Self.decoderBlock(level)).convolution.\(step)"
    case .upsampling: "\(Self.decoderBlock(level)).upsampling"
    case .head: "head"
    }
  }

  /// The path of the batch normalization that follows it, with ReLU; nil where none does: after
  /// transposed convolutions and the head.
  package var normalizationName: String? {
    switch kind {
    case .encoder(let step): "\(Self.encoderBlock(level)).normalization.\(step)"
    case .decoder(let step): "\(Self.decoderBlock(level)).normalization.\(step)"
    case .upsampling, .head: nil
    }
  }

  /// Whether batch normalization and ReLU follow.
  package var isNormalized: Bool { normalizationName != nil }

  /// The level at whose resolution it multiplies, that of its input: a transposed convolution of
  /// stride 2 multiplies once per voxel of the level below.
  var inputLevel: Int { kind == .upsampling ? level + 1 : level }

  /// Its weights, without the bias.
  var weights: Int { inputs * outputs * kernel * kernel * kernel }

  /// Weights, biases, and γ and β where batch normalization follows.
  var parameters: Int { weights + outputs * (isNormalized ? 3 : 1) }

  private static func encoderBlock(_ level: Int) -> String { "encoder.\(level)" }
  private static func decoderBlock(_ level: Int) -> String { "decoder.\(level)" }
}

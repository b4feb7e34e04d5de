import Networks

extension NetworkConfiguration {
  /// The architecture that the section describes.
  package var architecture: UNetConfiguration {
    UNetConfiguration(
      levels: levels, base: base, kernel: kernel, outputs: output == .softmax ? 2 : 1,
      epsilon: batchNormalization.eps, momentum: batchNormalization.momentum)
  }

  /// The initializer that the section names.
  package var initializer: Initializer {
    switch initialization {
    case .heNormal: .heNormal
    case .heUniform: .heUniform
    case .orthogonal: .orthogonal
    }
  }
}

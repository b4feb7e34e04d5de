import Networks
import Segmentation

extension Model.Kind: ConfigurationChoice {}
extension Model.Output: ConfigurationChoice {}

/// Section `network`: the architecture.
package struct NetworkConfiguration: ConfigurationSection {
  /// How convolution weights start.
  package enum Initialization: String, ConfigurationChoice {
    case heNormal = "he_normal"
    case heUniform = "he_uniform"
    case orthogonal
  }

  /// Section `network.batch_normalization`.
  package struct BatchNormalization: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey { case eps, momentum }

    /// Added to the variance.
    package var eps = 1e-5
    /// The weight of the batch in the running statistics.
    package var momentum = 0.1

    /// PyTorch's defaults.
    package init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.value(.eps, &eps, .above(0))
      try section.value(.momentum, &momentum, .within(0...1))
    }
  }

  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case kind, levels, base, kernel, output
    case batchNormalization = "batch_normalization"
    case initialization, weights
  }

  /// Which published network to start from.
  package var kind = Model.Kind.nsn
  /// How often the encoder halves the grid.
  package var levels = UNetConfiguration.nsn.levels
  /// The channels of the first convolution.
  package var base = UNetConfiguration.nsn.base
  /// The edge of the convolutions in voxels; odd.
  package var kernel = UNetConfiguration.nsn.kernel
  /// The head.
  package var output = Model.Output.sigmoid
  /// Batch normalization.
  package var batchNormalization = BatchNormalization()
  /// How convolution weights start.
  package var initialization = Initialization.heNormal
  /// The weights file that training goes on from, an absolute path; nil starts from random weights.
  package var weights: String?

  /// The published NSN.
  package init() {}

  /// The published network of this kind.
  package init(kind: Model.Kind) {
    self.kind = kind
    let published = kind.architecture
    (levels, base, kernel) = (published.levels, published.base, published.kernel)
  }

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.required(
      .kind, &kind, meaning: "the network: \(Model.Kind.choices.joined(separator: ", "))")
    if section.isReading { self = NetworkConfiguration(kind: kind) }
    try section.value(.levels, &levels, .within(1...7))
    try section.value(.base, &base, .within(1...512))
    try section.value(.kernel, &kernel, .odd)
    try section.value(.output, &output)
    try section.section(.batchNormalization, &batchNormalization)
    try section.value(.initialization, &initialization)
    try section.custom(.weights, &weights) { node throws(ConfigurationError) in
      try section.absolutePath(.weights, node)
    } write: {
      $0.map { ConfigurationNode($0.configurationContent) }
    }
  }
}

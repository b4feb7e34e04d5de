import Networks

/// The layers of a file of weights by what they do, and the architecture that their number and
/// shapes tell.
struct ForeignLayers {
  /// A convolution or a transposed convolution.
  struct Convolution {
    let group: ModuleGroup
    let inputs: Int
    let outputs: Int
  }

  /// A batch normalization.
  struct Normalization {
    let group: ModuleGroup
    let channels: Int
  }

  /// The architecture, with ε and momentum of PyTorch.
  let architecture: UNetConfiguration
  /// The only convolution 1×1×1.
  let head: Convolution
  /// The other convolutions, in the order of the file.
  private(set) var convolutions: [Convolution] = []
  /// The transposed convolutions, in the order of the file.
  private(set) var upsamplings: [Convolution] = []
  /// The batch normalizations, in the order of the file.
  private(set) var normalizations: [Normalization] = []

  /// - Throws: `WeightsError` that says what differs where they are not those of a network of this
  ///   family.
  init(_ weights: ForeignWeights) throws(WeightsError) {
    let source = weights.source
    var heads: [Convolution] = []
    var kernels: Set<Int> = []
    let groups = ModuleGroup.groups(weights.entries)
    // A layer whose weights are elsewhere has none itself: what is elsewhere says more.
    if let problem = groups.lazy.compactMap(\.parametrization).first {
      throw .otherArchitecture(source, problem)
    }
    for group in groups {
      switch group.role {
      case .convolution(let outputs, let inputs, let kernel):
        let convolution = Convolution(group: group, inputs: inputs, outputs: outputs)
        if kernel == 1 {
          heads.append(convolution)
        } else {
          convolutions.append(convolution)
          kernels.insert(kernel)
        }
      case .upsampling(let inputs, let outputs):
        upsamplings.append(Convolution(group: group, inputs: inputs, outputs: outputs))
      case .normalization(let channels):
        normalizations.append(Normalization(group: group, channels: channels))
      case .other(let problem): throw .otherArchitecture(source, problem)
      }
    }
    if let stated = weights.statements?.normalizations {
      normalizations = try Self.normalizations(stated, groups, unstated: normalizations, source)
    }
    guard heads.count == 1, let head = heads.first else {
      throw .otherArchitecture(
        source,
        "it has \(heads.count) convolutions 1×1×1"
          + (heads.isEmpty ? "" : " (\(ForeignWeights.summary(heads.map(\.group.name))))")
          + "; a network of this family has one, its head")
    }
    guard kernels.count == 1, let kernel = kernels.first else {
      throw .otherArchitecture(
        source,
        "it has windows of \(kernels.sorted().map { "\($0)³" }.joined(separator: ", "))"
          + " beside the head; a network of this family has windows of one size")
    }
    guard let first = convolutions.min(by: { ($0.inputs, $0.outputs) < ($1.inputs, $1.outputs) })
    else { throw .otherArchitecture(source, "it has no convolutions") }
    self.head = head
    architecture = UNetConfiguration(
      levels: upsamplings.count + 1, base: first.outputs, kernel: kernel, inputs: first.inputs,
      outputs: head.outputs)
    do {
      try architecture.validate()
    } catch {
      throw .otherArchitecture(source, "it would be a network of \(error.found)")
    }
    try checkCounts(source)
  }

  /// The normalizations that the modules of a pickled network state, some of which may have no
  /// tensors at all.
  private static func normalizations(
    _ stated: [PickledNetwork.Normalization], _ groups: [ModuleGroup],
    unstated: [Normalization], _ source: String
  ) throws(WeightsError) -> [Normalization] {
    let paths = Set(stated.map(\.path))
    if let stranger = unstated.first(where: { !paths.contains($0.group.name) }) {
      throw .otherArchitecture(
        source,
        "module \(ModuleGroup.quoted(stranger.group.name)) has tensors as a normalization has, and is "
          + "none")
    }
    return stated.map { normalization in
      let group = groups.first { $0.name == normalization.path }
      return Normalization(
        group: group ?? ModuleGroup(name: normalization.path), channels: normalization.channels)
    }
  }

  /// Throws where the architecture has another number of layers.
  private func checkCounts(_ source: String) throws(WeightsError) {
    let expected = architecture.convolutions.count(where: \.isNormalized)
    let kernel = architecture.kernel
    guard convolutions.count == expected else {
      throw .otherArchitecture(
        source,
        "it has \(upsamplings.count) transposed convolutions 2×2×2, so \(architecture.levels) levels "
          + "with \(expected) convolutions \(kernel)×\(kernel)×\(kernel), but \(convolutions.count) of "
          + "them: \(ForeignWeights.summary(convolutions.map(\.group.name)))")
    }
    guard normalizations.count == expected else {
      throw .otherArchitecture(
        source,
        "it has \(normalizations.count) normalizations for \(expected) convolutions before the head; "
          + "each is followed by one")
    }
    guard head.inputs == architecture.head.inputs else {
      throw .otherArchitecture(
        source, "its head takes \(head.inputs) channels, expected \(architecture.head.inputs)")
    }
  }
}

extension WeightsError {
  /// An error about another architecture.
  static func otherArchitecture(_ source: String, _ problem: String) -> WeightsError {
    WeightsError(
      .mismatch, file: source, "is not a network of this family (NSN, NDN, 3D U-Net): \(problem)")
  }
}

import Networks
import Tensors

/// Finds the place of every tensor of a file in a `UNet3D`.
///
/// Names are not needed. The shapes of a network of this family tell the level of every convolution but
/// for pairs of one shape: the first convolution of encoder level d + 1 and the second one of decoder
/// level d. Of such a pair the encoder's is the one that the encoder's second convolution follows in the
/// file, and the decoder's the one that follows the decoder's first. Batch normalizations are in the
/// order of the convolutions.
package struct UNetRecognizer {
  /// The architecture, with ε and momentum of PyTorch.
  private(set) var architecture: UNetConfiguration
  /// The layer of the file for each layer of the network, by Morula's name: `encoder.0.convolution.0`.
  private(set) var layers: [String: ModuleGroup] = [:]
  /// Whether every batch normalization has running statistics.
  private(set) var hasStatistics = true

  /// The file, for messages.
  let source: String
  /// Its format.
  let format: ForeignWeights.Format
  private let convolutions: [(group: ModuleGroup, outputs: Int, inputs: Int)]

  /// - Throws: `WeightsError` that says what differs where this is another architecture.
  package init(_ weights: ForeignWeights) throws(WeightsError) {
    source = weights.source
    format = weights.format
    var convolutions: [(group: ModuleGroup, outputs: Int, inputs: Int, kernel: Int)] = []
    var upsamplings: [(group: ModuleGroup, inputs: Int, outputs: Int)] = []
    var normalizations: [(group: ModuleGroup, channels: Int)] = []
    for group in ModuleGroup.groups(weights.entries) {
      switch group.role {
      case .convolution(let outputs, let inputs, let kernel):
        convolutions.append((group, outputs, inputs, kernel))
      case .upsampling(let inputs, let outputs): upsamplings.append((group, inputs, outputs))
      case .normalization(let channels): normalizations.append((group, channels))
      case .other(let problem): throw Self.different(source, problem)
      }
    }
    let heads = convolutions.filter { $0.kernel == 1 }
    convolutions.removeAll { $0.kernel == 1 }
    guard heads.count == 1, let head = heads.first else {
      throw Self.different(
        source, "it has \(heads.count) convolutions 1×1×1, such a network one, its head")
    }
    let kernels = Set(convolutions.map(\.kernel)).sorted()
    guard kernels.count == 1, let kernel = kernels.first else {
      throw Self.different(
        source,
        "it has windows of \(kernels.map { "\($0)³" }.joined(separator: ", "))"
          + " beside the head, such a network windows of one size")
    }
    let levels = upsamplings.count + 1
    guard let first = convolutions.min(by: { ($0.inputs, $0.outputs) < ($1.inputs, $1.outputs) })
    else { throw Self.different(source, "it has no convolutions") }
    architecture = UNetConfiguration(
      levels: levels, base: first.outputs, kernel: kernel, inputs: first.inputs,
      outputs: head.outputs)
    do {
      try architecture.validate()
    } catch {
      throw Self.different(source, "it would be a network of \(error.found)")
    }
    self.convolutions = convolutions.map { ($0.group, $0.outputs, $0.inputs) }
    let expected = architecture.convolutions.count(where: \.isNormalized)
    guard convolutions.count == expected else {
      throw Self.different(
        source,
        "it has \(upsamplings.count) transposed convolutions 2×2×2, so \(levels) levels with "
          + "\(expected) convolutions \(kernel)×\(kernel)×\(kernel), but \(convolutions.count) of them"
      )
    }
    guard normalizations.count == expected else {
      throw Self.different(
        source,
        "it has \(normalizations.count) normalizations for \(expected) convolutions before the head; "
          + "each is followed by one")
    }
    let last = architecture.head
    guard head.inputs == last.inputs else {
      throw Self.different(
        source, "its head takes \(head.inputs) channels, expected \(last.inputs)")
    }
    layers[last.name] = head.group
    try assignUpsamplings(upsamplings)
    try assignConvolutions()
    try assignNormalizations(normalizations)
  }

  /// An error about another architecture.
  private static func different(_ source: String, _ problem: String) -> WeightsError {
    WeightsError(
      .mismatch, file: source, "is not a network of this family (NSN, NDN, 3D U-Net): \(problem)")
  }

  private mutating func assignConvolutions() throws(WeightsError) {
    // The network's convolutions by shape, in the order of computation.
    let convolutions = architecture.convolutions.filter(\.isNormalized)
    let wanted = Dictionary(grouping: convolutions) { Widths($0.inputs, $0.outputs) }
    var found: [Widths: [Int]] = [:]
    for (index, convolution) in self.convolutions.enumerated() {
      found[Widths(convolution.inputs, convolution.outputs), default: []].append(index)
    }
    for convolution in convolutions {
      let widths = Widths(convolution.inputs, convolution.outputs)
      let (expected, count) = (wanted[widths]?.count ?? 0, found[widths]?.count ?? 0)
      guard count == expected else {
        throw Self.different(
          source,
          "with base width \(architecture.base) and \(architecture.levels) levels it should have "
            + "\(expected) convolutions \(widths.inputs) → \(widths.outputs) "
            + "(\(convolution.name)), but has \(count)")
      }
    }
    for (widths, alike) in wanted where alike.count == 1 {
      guard let index = found[widths]?.first else { continue }
      layers[alike[0].name] = self.convolutions[index].group
    }
    for (widths, alike) in wanted.sorted(by: { $0.key.outputs < $1.key.outputs })
    where alike.count == 2 {
      try resolve(alike.map(\.name), found[widths] ?? [])
    }
  }

  /// Tells the first convolution of an encoder level from the second one of a decoder level.
  private mutating func resolve(_ names: [String], _ indices: [Int]) throws(WeightsError) {
    let encoder = names[0]
    let decoder = names[1]
    let next = String(encoder.dropLast()) + "1"
    let previous = String(decoder.dropLast()) + "0"
    func isBefore(_ index: Int, _ name: String) -> Bool {
      index + 1 < convolutions.count
        && convolutions[index + 1].group.name == layers[name]?.name
    }
    func isAfter(_ index: Int, _ name: String) -> Bool {
      index > 0 && convolutions[index - 1].group.name == layers[name]?.name
    }
    let fits = [(indices[0], indices[1]), (indices[1], indices[0])].filter {
      isBefore($0.0, next) && isAfter($0.1, previous)
    }
    guard fits.count == 1, let fit = fits.first else {
      let labels = indices.map { ModuleGroup.quoted(convolutions[$0].group.name) }
      throw Self.different(
        source,
        "\(labels[0]) and \(labels[1]) have one shape, and neither the order of the file nor the "
          + "names tell which belongs to the encoder")
    }
    layers[encoder] = convolutions[fit.0].group
    layers[decoder] = convolutions[fit.1].group
  }

  private mutating func assignUpsamplings(
    _ upsamplings: [(group: ModuleGroup, inputs: Int, outputs: Int)]
  ) throws(WeightsError) {
    for convolution in architecture.convolutions.reversed() where convolution.kind == .upsampling {
      let (inputs, outputs) = (convolution.inputs, convolution.outputs)
      guard let found = upsamplings.first(where: { $0.inputs == inputs && $0.outputs == outputs })
      else {
        let halving = upsamplings.contains { $0.inputs == inputs && $0.outputs == outputs / 2 }
        throw Self.different(
          source,
          "it has no transposed convolution \(inputs) → \(outputs)"
            + (halving ? "; its upsampling halves the channels" : ""))
      }
      layers[convolution.name] = found.group
    }
  }

  private mutating func assignNormalizations(
    _ normalizations: [(group: ModuleGroup, channels: Int)]
  ) throws(WeightsError) {
    let names = Dictionary(
      architecture.convolutions.compactMap { convolution in
        convolution.normalizationName.flatMap { name in
          layers[convolution.name].map { ($0.name, name) }
        }
      }, uniquingKeysWith: { first, _ in first })
    for (convolution, normalization) in zip(convolutions, normalizations) {
      guard convolution.outputs == normalization.channels else {
        throw Self.different(
          source,
          "\(ModuleGroup.quoted(normalization.group.name)) normalizes \(normalization.channels) "
            + "channels, but \(ModuleGroup.quoted(convolution.group.name)) before it has "
            + "\(convolution.outputs)")
      }
      guard let name = names[convolution.group.name] else { continue }
      layers[name] = normalization.group
      hasStatistics = hasStatistics && normalization.group.hasStatistics
    }
  }

  /// Channels of a convolution.
  struct Widths: Hashable {
    let inputs: Int
    let outputs: Int

    init(_ inputs: Int, _ outputs: Int) {
      self.inputs = inputs
      self.outputs = outputs
    }
  }
}

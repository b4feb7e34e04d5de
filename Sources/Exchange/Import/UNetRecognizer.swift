import Compute
import Networks
import Tensors

/// Finds the tensor of a file that belongs to each layer of a `UNet3D`.
///
/// Names are not needed. The shapes of a network of this family tell the level of every convolution
/// but for pairs of one shape: the first convolution of encoder level d + 1 and the second one of
/// decoder level d. Of such a pair the encoder's is the one that the encoder's second convolution
/// follows in the file, and the decoder's the one that follows the decoder's first. Batch
/// normalizations are in the order of the convolutions.
package struct UNetRecognizer {
  /// The architecture, with ε and momentum of PyTorch.
  let architecture: UNetConfiguration
  /// The layer of the file for each layer of the network, by Morula's name:
  /// `encoder.0.convolution.0`.
  private(set) var layers: [String: ModuleGroup] = [:]
  /// Whether the normalizations have running statistics.
  private(set) var hasStatistics = true

  /// The file, for messages.
  let source: String
  /// Its format.
  let format: ForeignWeights.Format
  /// Whether the file holds modules, which state what they compute.
  let statesModules: Bool
  private let convolutions: [ForeignLayers.Convolution]

  /// - Throws: `WeightsError` that says what differs where this is another architecture.
  package init(_ weights: ForeignWeights) throws(WeightsError) {
    source = weights.source
    format = weights.format
    statesModules = weights.statements != nil
    let found = try ForeignLayers(weights)
    architecture = found.architecture
    convolutions = found.convolutions
    layers[architecture.head.name] = found.head.group
    try assignUpsamplings(found.upsamplings)
    try assignConvolutions()
    try assignNormalizations(found.normalizations)
    guard let statements = weights.statements else {
      try checkWords()
      return
    }
    try checkOutputs(statements.outputs)
    let check = SequenceCheck(self)
    for sequence in statements.sequences { try check.check(sequence) }
  }

  /// Throws where another function follows the head than the sigmoid of one channel or the softmax
  /// of several, which Morula computes.
  private func checkOutputs(_ outputs: [(path: String, layer: String)]) throws(WeightsError) {
    let channels = architecture.outputs
    for (path, layer) in outputs where (layer == "Sigmoid") != (channels == 1) {
      throw .otherArchitecture(
        source,
        "module \(ModuleGroup.quoted(path)) is of class \(layer) with "
          + "\(channels.counted("output channel")); expected Sigmoid for one and Softmax for two")
    }
  }

  /// Throws where a layer lacks a tensor that others of its kind have. (A pickled module states
  /// what its layers have.)
  private func checkWords() throws(WeightsError) {
    let convolutions = architecture.convolutions
    try checkWords(convolutions.filter(\.isNormalized).map(\.name), ["bias"])
    try checkWords(convolutions.filter { $0.kind == .upsampling }.map(\.name), ["bias"])
    try checkWords(
      convolutions.compactMap(\.normalizationName),
      ["weight", "bias", "running_mean", "running_var"])
  }

  private func checkWords(_ names: [String], _ words: [String]) throws(WeightsError) {
    let groups = names.compactMap { layers[$0] }
    for word in words {
      let lacking = groups.filter { $0[word] == nil }
      guard let first = lacking.first, lacking.count < groups.count else { continue }
      throw WeightsError(
        .missing, file: source, tensor: first.name.isEmpty ? word : "\(first.name).\(word)",
        "is missing; \(groups.count - lacking.count) of \(groups.count) layers of its kind have one"
      )
    }
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
        throw .otherArchitecture(
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
      throw .otherArchitecture(
        source,
        "\(labels[0]) and \(labels[1]) have one shape, and neither the order of the file nor the "
          + "names tell which belongs to the encoder")
    }
    layers[encoder] = convolutions[fit.0].group
    layers[decoder] = convolutions[fit.1].group
  }

  private mutating func assignUpsamplings(
    _ upsamplings: [ForeignLayers.Convolution]
  ) throws(WeightsError) {
    for convolution in architecture.convolutions.reversed() where convolution.kind == .upsampling {
      let (inputs, outputs) = (convolution.inputs, convolution.outputs)
      guard let found = upsamplings.first(where: { $0.inputs == inputs && $0.outputs == outputs })
      else {
        let halving = upsamplings.contains { $0.inputs == inputs && $0.outputs == outputs / 2 }
        throw .otherArchitecture(
          source,
          "it has no transposed convolution \(inputs) → \(outputs)"
            + (halving ? "; its upsampling halves the channels" : ""))
      }
      layers[convolution.name] = found.group
    }
  }

  private mutating func assignNormalizations(
    _ normalizations: [ForeignLayers.Normalization]
  ) throws(WeightsError) {
    let names = Dictionary(
      architecture.convolutions.compactMap { convolution in
        convolution.normalizationName.flatMap { name in
          layers[convolution.name].map { ($0.name, name) }
        }
      }, uniquingKeysWith: { first, _ in first })
    for (convolution, normalization) in zip(convolutions, normalizations) {
      guard convolution.outputs == normalization.channels else {
        throw .otherArchitecture(
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

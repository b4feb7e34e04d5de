import Compute
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
        source, "it has \(heads.count.counted("convolution")) 1×1×1, such a network one, its head")
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
    let expected = 4 * levels - 2
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
    layers["head"] = head.group
    let width = architecture.base * 2
    guard head.inputs == width else {
      throw Self.different(
        source, "its head takes \(head.inputs.counted("channel")), expected \(width)")
    }
    try placeUpsamplings(upsamplings)
    try placeConvolutions()
    try placeNormalizations(normalizations)
  }

  /// An error about another architecture.
  private static func different(_ source: String, _ problem: String) -> WeightsError {
    WeightsError(
      .mismatch, file: source, "is not a network of this family (NSN, NDN, 3D U-Net): \(problem)")
  }

  private mutating func placeConvolutions() throws(WeightsError) {
    // The places in the network by shape, in the order of computation.
    var wanted: [Widths: [String]] = [:]
    for (name, widths) in Self.convolutionWidths(architecture) {
      wanted[widths, default: []].append(name)
    }
    var found: [Widths: [Int]] = [:]
    for (index, convolution) in convolutions.enumerated() {
      found[Widths(convolution.inputs, convolution.outputs), default: []].append(index)
    }
    for (name, widths) in Self.convolutionWidths(architecture)
    where found[widths]?.count != wanted[widths]?.count {
      throw Self.different(
        source,
        "with base width \(architecture.base) and \(architecture.levels) levels it should have "
          + "\(wanted[widths]?.count ?? 0) convolutions \(widths.inputs) → \(widths.outputs) "
          + "(\(name)), but has \(found[widths]?.count ?? 0)")
    }
    for (widths, names) in wanted {
      let places = found[widths] ?? []
      if names.count == 1 { layers[names[0]] = convolutions[places[0]].group }
    }
    for (widths, names) in wanted.sorted(by: { $0.key.outputs < $1.key.outputs })
    where names.count == 2 {
      try resolve(names, found[widths] ?? [])
    }
  }

  /// Tells the first convolution of an encoder level from the second one of a decoder level.
  private mutating func resolve(_ names: [String], _ places: [Int]) throws(WeightsError) {
    let encoder = names[0]
    let decoder = names[1]
    let next = String(encoder.dropLast()) + "1"
    let previous = String(decoder.dropLast()) + "0"
    func isBefore(_ place: Int, _ name: String) -> Bool {
      place + 1 < convolutions.count
        && convolutions[place + 1].group.name == layers[name]?.name
    }
    func isAfter(_ place: Int, _ name: String) -> Bool {
      place > 0 && convolutions[place - 1].group.name == layers[name]?.name
    }
    let fits = [(places[0], places[1]), (places[1], places[0])].filter {
      isBefore($0.0, next) && isAfter($0.1, previous)
    }
    guard fits.count == 1, let fit = fits.first else {
      let labels = places.map { ModuleGroup.quoted(convolutions[$0].group.name) }
      throw Self.different(
        source,
        "\(labels[0]) and \(labels[1]) have one shape, and neither the order of the file nor the "
          + "names tell which belongs to the encoder")
    }
    layers[encoder] = convolutions[fit.0].group
    layers[decoder] = convolutions[fit.1].group
  }

  private mutating func placeUpsamplings(
    _ upsamplings: [(group: ModuleGroup, inputs: Int, outputs: Int)]
  ) throws(WeightsError) {
    for level in 0..<architecture.levels - 1 {
      let channels = architecture.base << (level + 2)
      guard
        let found = upsamplings.first(where: { $0.inputs == channels && $0.outputs == channels })
      else {
        let halving = upsamplings.contains { $0.inputs == channels && $0.outputs == channels / 2 }
        throw Self.different(
          source,
          "it has no transposed convolution \(channels) → \(channels)"
            + (halving ? "; its upsampling halves the channels" : ""))
      }
      layers["decoder.\(level).upsampling"] = found.group
    }
  }

  private mutating func placeNormalizations(
    _ normalizations: [(group: ModuleGroup, channels: Int)]
  ) throws(WeightsError) {
    let names = Dictionary(
      layers.map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for (convolution, normalization) in zip(convolutions, normalizations) {
      guard convolution.outputs == normalization.channels else {
        throw Self.different(
          source,
          "\(ModuleGroup.quoted(normalization.group.name)) normalizes \(normalization.channels) "
            + "channels, but \(ModuleGroup.quoted(convolution.group.name)) before it has "
            + "\(convolution.outputs)")
      }
      guard let name = names[convolution.group.name] else { continue }
      layers[name.replacing("convolution", with: "normalization")] = normalization.group
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

  /// The convolutions of an architecture but its head, in the order of computation.
  static func convolutionWidths(_ architecture: UNetConfiguration) -> [(String, Widths)] {
    func channels(_ level: Int) -> Int { architecture.base << (level + 1) }
    var convolutions: [(String, Widths)] = []
    for level in 0..<architecture.levels {
      let inputs = level == 0 ? architecture.inputs : channels(level - 1)
      let middle = level == 0 ? architecture.base : inputs
      convolutions.append(("encoder.\(level).convolution.0", Widths(inputs, middle)))
      convolutions.append(("encoder.\(level).convolution.1", Widths(middle, channels(level))))
    }
    for level in (0..<architecture.levels - 1).reversed() {
      let (skip, below) = (channels(level), channels(level + 1))
      convolutions.append(("decoder.\(level).convolution.0", Widths(skip + below, skip)))
      convolutions.append(("decoder.\(level).convolution.1", Widths(skip, skip)))
    }
    return convolutions
  }
}

import Compute
import Networks
import Tensors

/// ε and statistics of the normalizations that a pickled network states.
struct StatedNormalizations {
  /// The smallest ε, which becomes the network's.
  let epsilon: Double
  /// The ε of each normalization that has a larger one, by Morula's name.
  private let larger: [String: Double]

  /// nil where the file states none.
  ///
  /// - Throws: `WeightsError` where some have running statistics and some have not.
  init?(_ weights: ForeignWeights, _ recognized: UNetRecognizer) throws(WeightsError) {
    guard let stated = weights.statements?.normalizations, let first = stated.first else {
      return nil
    }
    if let other = stated.first(where: { $0.hasStatistics != first.hasStatistics }) {
      func words(_ normalization: PickledNetwork.Normalization) -> String {
        "\(ModuleGroup.quoted(normalization.path)) \(normalization.hasStatistics ? "has" : "has no")"
      }
      throw .otherArchitecture(
        weights.source,
        "module \(words(first)) running statistics and \(words(other)); expected all alike")
    }
    let epsilon = stated.reduce(first.epsilon) { min($0, $1.epsilon) }
    self.epsilon = epsilon
    let byPath = Dictionary(
      stated.map { ($0.path, $0.epsilon) }, uniquingKeysWith: { first, _ in first })
    larger = recognized.layers.compactMapValues { byPath[$0.name] }.filter { $0.value > epsilon }
  }

  /// Gives each normalization its ε, as running variance that is larger by the difference, because
  /// the network has one ε; returns what the user should know.
  ///
  /// - Parameter chosen: The ε that the user chose instead of those of the file.
  /// - Throws: `WeightsError` where they differ and the network takes its statistics from volumes.
  func apply(
    to network: inout UNet3D, chosen: Double?, file: String
  ) throws(WeightsError) -> [String] {
    if let chosen {
      return chosen == epsilon && larger.isEmpty
        ? [] : ["epsilon \(chosen) in place of those that the modules state"]
    }
    guard !larger.isEmpty else { return [] }
    guard network.inferenceStatistics == .running else {
      throw .otherArchitecture(
        file,
        "its normalizations state eps from \(epsilon) to \(larger.values.reduce(epsilon, max)); with "
          + "the statistics of each volume they must be alike")
    }
    let suffix = ".running_var"
    network.forEachBuffer { buffer in
      guard buffer.name.hasSuffix(suffix),
        let own = larger[String(buffer.name.dropLast(suffix.count))]
      else { return }
      buffer.value = Tensor(
        buffer.value.scalars.map { Float(Double($0) + (own - epsilon)) },
        shape: buffer.value.shape)
    }
    return [
      "\(larger.count.counted("normalization")) with eps above \(epsilon): the difference is added to "
        + "the running variances"
    ]
  }
}

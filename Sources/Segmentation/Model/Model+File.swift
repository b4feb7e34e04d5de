import Foundation
import Networks
import Tensors

/// Weights files: safetensors whose metadata describe the model.
///
/// | key | value |
/// |---|---|
/// | `format` | `morula` |
/// | `format_version` | `1` |
/// | `architecture` | JSON of ``UNetConfiguration`` |
/// | `model` | JSON of ``Model/Description`` |
/// | `preprocessing` | JSON of the configuration's section |
extension Model {
  private static let format = "morula"
  private static let formatVersion = "1"

  /// The prefix of tensors that belong to a checkpoint and not to the model.
  package static let checkpointPrefix = "training/"

  /// Reads a model from a weights file or a checkpoint.
  ///
  /// - Throws: `WeightsError` if the file is not a model, or if its tensors are not those of its
  ///   architecture.
  public init(contentsOf path: String) throws(WeightsError) {
    try self.init(SafeTensors(contentsOf: path))
  }

  /// Whether the metadata of a file declare a Morula model.
  package static func isModel(_ file: SafeTensors) -> Bool { file.metadata["format"] == format }

  /// The model in the contents of a file.
  package init(_ file: SafeTensors) throws(WeightsError) {
    guard Self.isModel(file) else {
      throw WeightsError(
        .unsupported, file: file.source,
        "has no Morula metadata (format: morula), so it is not a model of Morula")
    }
    guard file.metadata["format_version"] == Self.formatVersion else {
      throw WeightsError(
        .unsupported, file: file.source,
        "has format version \(file.metadata["format_version"] ?? "none"), but this Morula reads "
          + "\(Self.formatVersion); use a newer Morula")
    }
    let architecture: UNetConfiguration = try Self.metadata(file, "architecture")
    do {
      try architecture.validate()
      // Checked before a network is allocated that is far larger than the file.
      let held = file.arrays.values.reduce(0) { $0 + $1.shape.count }
      guard architecture.parameterCount / 2 <= held else {
        throw WeightsError(
          .malformed, file: file.source,
          "the architecture has \(architecture.parameterCount) parameters, but the file holds "
            + "\(held) numbers")
      }
      network = try UNet3D(architecture)
    } catch let error as WeightsError {
      throw error
    } catch {
      throw WeightsError(.malformed, file: file.source, "metadata `architecture`: \(error)")
    }
    description = try Self.metadata(file, "model")
    preprocessing = try Self.metadata(file, "preprocessing")
    guard (0...1).contains(description.threshold) else {
      throw WeightsError(
        .malformed, file: file.source,
        "metadata `model`: threshold \(description.threshold) is not a probability, 0 to 1")
    }
    let outputs = description.output == .softmax ? 2 : 1
    guard architecture.inputs == 1, architecture.outputs == outputs else {
      throw WeightsError(
        .malformed, file: file.source,
        "the metadata contradict each other: \(description.output.rawValue) needs 1 input and "
          + "\(outputs) output channels, but the architecture has \(architecture.inputs) and "
          + "\(architecture.outputs)")
    }
    let known = network.tensors
    if let unexpected = file.arrays.keys.sorted().first(where: {
      known[$0] == nil && !$0.hasPrefix(Self.checkpointPrefix)
    }) {
      throw WeightsError(
        .mismatch, file: file.source, tensor: unexpected,
        "belongs to no layer of the architecture in the metadata")
    }
    try network.load(file)
    network.inferenceStatistics = description.inferenceStatistics ?? .running
  }

  /// Writes the weights file, whole or not at all; `halvesWeights` stores the weights of
  /// convolutions in half precision.
  public func write(to path: String, halvesWeights: Bool = false) throws(WeightsError) {
    try contents(file: path).write(to: path, halvesWeights: halvesWeights)
  }

  /// The contents of the weights file.
  ///
  /// - Throws: `WeightsError` if a weight is not finite.
  package func contents(file path: String) throws(WeightsError) -> SafeTensors {
    try network.checkValues(file: path)
    return SafeTensors(tensors: network.tensors, metadata: try metadata(file: path))
  }

  /// The metadata of the weights file, which describe the model.
  package func metadata(file path: String) throws(WeightsError) -> [String: String] {
    [
      "format": Self.format,
      "format_version": Self.formatVersion,
      "architecture": try Self.json(network.configuration, file: path),
      "model": try Self.json(description, file: path),
      "preprocessing": try Self.json(preprocessing, file: path),
    ]
  }

  /// Decodes a JSON value of the metadata.
  package static func metadata<Value: Decodable>(
    _ file: SafeTensors, _ key: String
  ) throws(WeightsError) -> Value {
    guard let text = file.metadata[key] else {
      throw WeightsError(.missing, file: file.source, "the metadata have no `\(key)`")
    }
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw WeightsError(.malformed, file: file.source, "metadata `\(key)`: \(reason(error))")
    } catch {
      throw WeightsError(.malformed, file: file.source, "metadata `\(key)`: \(error)")
    }
  }

  /// The problem of a JSON value, in words.
  private static func reason(_ error: DecodingError) -> String {
    func name(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "the value" : "`" + path.map(\.stringValue).joined(separator: ".") + "`"
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(name(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(name(context.codingPath)) has the wrong type"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "not valid JSON"
        : "\(name(context.codingPath)) has an impossible value (\(context.debugDescription))"
    @unknown default: return "not the JSON that was expected"
    }
  }

  /// Encodes a value for the metadata; equal values give equal text.
  package static func json(_ value: some Encodable, file path: String) throws(WeightsError)
    -> String
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw WeightsError(.unwritable, file: path, "metadata: \(error)")
    }
  }
}

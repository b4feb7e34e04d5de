import Compute
import Foundation
import Microscopy
import Networks
import Segmentation
import Tensors

/// Makes a `Model` of the weights of another program.
///
/// ```swift
/// let model = try ModelImport().model(contentsOf: "learned_nsn.npz")
/// try model.write(to: "nsn.safetensors")
/// ```
public struct ModelImport: Sendable {
  /// Which half comes first where a decoder level joins its inputs along the channels. Shapes do
  /// not tell.
  public enum Concatenation: String, Sendable, CaseIterable {
    /// [upsampled, skip], as the original QCANet, its reproductions and Morula do.
    case upsampledFirst = "upsampled-first"
    /// [skip, upsampled]: the halves of the weights are exchanged.
    case skipFirst = "skip-first"
  }

  /// The model's name; nil for the file's.
  public var name: String?
  /// The published network that it is; nil tells it from the architecture.
  public var kind: Model.Kind?
  /// The statistics of batch normalization in prediction; nil for those of the program: `batch` for
  /// Chainer, as QCANet never leaves training mode, else `running` where the file has them.
  public var statistics: InferenceStatistics?
  /// ε of batch normalization; nil for that of the file, else of the program: 2e-5 for Chainer,
  /// 1e-5.
  public var epsilon: Double?
  /// The voxel size of the training volumes in µm, which gives the grid of the network: cubes with
  /// its smallest edge. nil if unknown; then those of each file at hand.
  public var voxelSize: VoxelSize?
  /// How intensities were scaled in training.
  public var scaling = Preprocessing.Scaling.minMax
  /// The probability from which a voxel is foreground.
  public var threshold = 0.5
  /// How decoder levels join their inputs.
  public var concatenation = Concatenation.upsampledFirst
  /// Where a PyTorch checkpoint with several state dicts holds the one that is meant.
  public var key: String?

  /// What the programs do by default.
  public init() {}

  /// Reads a Chainer `.npz`, a PyTorch `.pt`, `.pth` or `.tar`, or a safetensors file.
  ///
  /// - Throws: `WeightsError` where the file is none of them, is damaged, or holds another
  ///   architecture, with what differs.
  public func model(contentsOf path: String) throws -> Model {
    let weights = try ForeignWeights.read(path, key: key)
    let recognized = try UNetRecognizer(weights)
    var architecture = recognized.architecture
    let stated = try StatedNormalizations(weights, recognized)
    architecture.epsilon = epsilon ?? stated?.epsilon ?? (weights.format == .chainer ? 2e-5 : 1e-5)
    try check(architecture, path)
    var notes = weights.notes
    var network = try self.network(architecture, recognized, notes: &notes)
    if let stated {
      notes += try stated.apply(to: &network, chosen: epsilon, file: path)
    }
    let file = URL(fileURLWithPath: path)
    var preprocessing = Preprocessing()
    preprocessing.scaling = scaling
    var description = Model.Description(
      name: name ?? file.deletingPathExtension().lastPathComponent,
      kind: kind ?? Self.kind(of: architecture),
      output: architecture.outputs == 2 ? .softmax : .sigmoid)
    description.threshold = threshold
    description.trainedVoxelSize = voxelSize
    description.gridVoxelSize = voxelSize.map { VoxelSize(isotropic: $0.finest) }
    description.epochs = weights.epochs ?? 0
    description.inferenceStatistics = network.inferenceStatistics
    description.origin = Model.Origin(
      format: weights.format.description, file: file.lastPathComponent,
      sha256: try SHA256.digest(ofFile: path), notes: notes)
    return Model(network: network, description: description, preprocessing: preprocessing)
  }

  private func check(_ architecture: UNetConfiguration, _ path: String) throws(WeightsError) {
    guard architecture.inputs == 1, (1...2).contains(architecture.outputs) else {
      throw WeightsError(
        .mismatch, file: path,
        "has \(architecture.inputs) input and \(architecture.outputs) output channels; Morula's "
          + "models have 1 input, and 1 (sigmoid) or 2 (softmax) outputs")
    }
    do {
      try architecture.validate()
    } catch {
      throw WeightsError(.mismatch, file: path, error.description)
    }
    // Before a network is allocated that the file cannot fill by far.
    let size = try RegularFile.size(path)
    guard architecture.parameterCount <= 8 * size + 32 << 20 else {
      throw WeightsError(
        .malformed, file: path,
        "claims a network of \(architecture.parameterCount) parameters, but has \(size.counted("byte"))"
      )
    }
  }

  /// The published network that an architecture is, or the nearest one.
  private static func kind(of architecture: UNetConfiguration) -> Model.Kind {
    if architecture.kernel >= UNetConfiguration.ndn.kernel { return .ndn }
    let unet = UNetConfiguration.unet
    return architecture.levels >= unet.levels && architecture.base >= unet.base ? .unet : .nsn
  }

  /// The network with the values of the file.
  private func network(
    _ architecture: UNetConfiguration, _ recognized: UNetRecognizer, notes: inout [String]
  ) throws -> UNet3D {
    var network = try UNet3D(architecture)
    let missing = try fillParameters(of: &network, recognized)
    if recognized.hasStatistics {
      try network.forEachBuffer { buffer in
        let (layer, word) = Self.split(buffer.name)
        guard let entry = recognized.layers[layer]?[word] else { return }
        buffer.value = try Self.load(entry, shape: buffer.value.shape, recognized)
        try buffer.value.checkWeights(
          entry.original, file: recognized.source, areVariances: word == "running_var")
      }
    } else {
      notes.append("no running statistics: those of the volume at hand are used")
      if recognized.format != .chainer, !recognized.statesModules {
        notes.append(
          "right for BatchNorm3d and InstanceNorm3d without statistics; GroupNorm and LayerNorm have "
            + "the same tensors and compute something else")
      }
      guard statistics != .running else {
        throw WeightsError(
          .missing, file: recognized.source, "has no running statistics",
          advice: .useBatchStatistics)
      }
    }
    notes += missing
    network.inferenceStatistics =
      statistics
      ?? (recognized.hasStatistics && recognized.format != .chainer ? .running : .batch)
    return network
  }

  /// Gives the parameters the values of the file; returns what was missing or exchanged.
  private func fillParameters(
    of network: inout UNet3D, _ recognized: UNetRecognizer
  ) throws -> [String] {
    var biases = 0
    var affine = 0
    try network.forEachParameter { parameter in
      let (layer, word) = Self.split(parameter.name)
      guard let entry = recognized.layers[layer]?[word] else {
        // Zero for a missing bias, one for a missing γ: as the network starts.
        if layer.contains("normalization") { affine += 1 } else { biases += 1 }
        return
      }
      let value = try Self.load(entry, shape: parameter.value.shape, recognized)
      try value.checkWeights(entry.original, file: recognized.source)
      let isExchanged =
        concatenation == .skipFirst && layer.hasPrefix("decoder.")
        && layer.hasSuffix("convolution.0") && word == "weight"
      parameter.value = isExchanged ? Self.exchangingHalves(value) : value
    }
    var notes: [String] = []
    if biases > 0 { notes.append("\(biases.counted("convolution")) without bias: zero") }
    if affine > 0 {
      notes.append("\(affine.counted("parameter")) of normalizations missing: γ = 1, β = 0")
    }
    if concatenation == .skipFirst {
      notes.append("decoder inputs exchanged from [skip, upsampled]")
    }
    return notes
  }

  /// The numbers of a tensor, which must have this shape.
  private static func load(
    _ entry: ForeignWeights.Entry, shape: Shape, _ recognized: UNetRecognizer
  ) throws(WeightsError) -> Tensor {
    guard entry.shape == shape.dimensions else {
      throw WeightsError(
        .mismatch, file: recognized.source, tensor: entry.original,
        "expected shape \(shape), found \(Shape(entry.shape))")
    }
    return try entry.load()
  }

  /// `encoder.0.convolution.0.weight` as layer and last word.
  private static func split(_ name: String) -> (layer: String, word: String) {
    let cut = name.lastIndex(of: ".") ?? name.startIndex
    return (String(name[..<cut]), String(name[cut...].dropFirst()))
  }

  /// Weights `[out, skip + upsampled, z, y, x]` as `[out, upsampled + skip, z, y, x]`. The
  /// upsampled channels are two thirds.
  private static func exchangingHalves(_ weight: Tensor) -> Tensor {
    let window = weight.shape.dimensions[2...].reduce(1, *)
    let row = weight.shape[1] * window
    let skip = weight.shape[1] / 3 * window
    let values = weight.scalars
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for start in stride(from: 0, to: values.count, by: row) {
      result += values[start + skip..<start + row]
      result += values[start..<start + skip]
    }
    return Tensor(result, shape: weight.shape)
  }
}

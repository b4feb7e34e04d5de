import Microscopy
import Networks
import Tensors

/// A trained network with the facts that its use needs.
public struct Model: Sendable {
  /// The network.
  public var network: UNet3D
  /// The role and origin of the weights.
  public var description: Description
  /// The scaling and the grid that the network was trained on.
  public var preprocessing: Preprocessing

  /// Facts about a model that do not change its numbers.
  public struct Description: Sendable, Hashable, Codable {
    /// The name of the configuration, for example `nsn-base8`.
    public var name: String
    /// The published network that this model is or derives from.
    public var kind: Kind
    /// The function from logits to probabilities.
    public var output: Output
    /// The probability from which a voxel is foreground.
    public var threshold = 0.5
    /// The voxel size of the training volumes in µm, before any resampling.
    public var trainedVoxelSize: VoxelSize?
    /// The voxel size of the network's grid in µm; nil if it was trained on native grids.
    public var gridVoxelSize: VoxelSize?
    /// The number of epochs that it was trained for.
    public var epochs = 0
    /// The validation IoU of these weights.
    public var validationIoU: Double?
    /// The statistics that batch normalization uses in prediction; nil, as in files that do not
    /// state them, means the running statistics.
    public var inferenceStatistics: InferenceStatistics?
    /// The axes along which training mirrored its samples, and along which mirror images may be
    /// averaged; nil, as in files that do not state them, means all.
    public var mirrorAxes: [Axis]?
    /// The source of weights that were imported from another program; nil for Morula's own.
    public var origin: Origin?
    /// The version of Morula that wrote them.
    public var morulaVersion = Version.current

    /// The facts that every model has; set the others if they are known.
    public init(name: String, kind: Kind, output: Output) {
      self.name = name
      self.kind = kind
      self.output = output
    }
  }

  /// The file of another program that a model's weights were taken from.
  public struct Origin: Sendable, Hashable, Codable {
    /// The program that wrote it: `Chainer npz`, `PyTorch` or `safetensors`.
    public var format: String
    /// The file's name.
    public var file: String
    /// The file's SHA-256.
    public var sha256: String
    /// What the import skipped, changed or assumed.
    public var notes: [String]

    /// A file of another program.
    public init(format: String, file: String, sha256: String, notes: [String] = []) {
      self.format = format
      self.file = file
      self.sha256 = sha256
      self.notes = notes
    }
  }

  /// A model of these parts.
  public init(
    network: UNet3D, description: Description, preprocessing: Preprocessing
  ) {
    self.network = network
    self.description = description
    self.preprocessing = preprocessing
  }
}

import Compute

/// What a module must state to be a part of a network of this family.
extension PickledModule {
  /// What a module does in a network of this family.
  enum Role {
    /// Holds other modules.
    case container
    /// A convolution, transposed or not.
    case convolution, upsampling
    /// A normalization of the channels.
    case normalization
    /// ReLU.
    case activation
    /// Max pooling 2×2×2.
    case pooling
    /// Sigmoid or softmax, which follow the head.
    case output
    /// Nothing in evaluation: dropout, identity.
    case nothing
    /// Nothing in prediction: a loss or a metric.
    case aside
  }

  /// The role, or why the module does not belong to this family.
  var role: Result<Role, Refusal> {
    guard let layer else { return foreignRole }
    if className.hasPrefix("torch.nn.modules.loss.") { return .success(.aside) }
    switch layer {
    case "Sequential", "ModuleList", "ModuleDict", "Module": return .success(.container)
    case "Conv3d": return checked(.convolution, convolution)
    case "ConvTranspose3d": return checked(.upsampling, upsampling)
    case "BatchNorm3d", "SyncBatchNorm", "InstanceNorm3d": return .success(.normalization)
    case "GroupNorm":
      // As many groups as channels are instance normalization.
      return checked(.normalization, [expect("num_groups", number("num_channels"))])
    case "ReLU": return .success(.activation)
    case "LeakyReLU": return checked(.activation, [expect("negative_slope", 0)])
    case "MaxPool3d": return checked(.pooling, pooling)
    case "Sigmoid": return .success(.output)
    case "Softmax", "LogSoftmax": return checked(.output, [expect("dim", 1)])
    case "Identity", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout",
      "FeatureAlphaDropout":
      return .success(.nothing)
    default: return .failure(Refusal("is of class \(layer); \(Self.expected(insteadOf: layer))"))
    }
  }

  /// Why a module is refused: what it states and what was expected.
  struct Refusal: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// What can follow from a class that is not one of PyTorch's layers.
  private var foreignRole: Result<Role, Refusal> {
    let wrappers = [
      "torch.nn.parallel.data_parallel.DataParallel",
      "torch.nn.parallel.distributed.DistributedDataParallel",
      "torch.optim.swa_utils.AveragedModel",
    ]
    if wrappers.contains(className) { return .success(.container) }
    let weights = tensors.filter { $0.tensor.shape.count > 1 }
    let isNamedAside =
      children.isEmpty && weights.isEmpty && ForeignWeights.isAside(modulePath: path)
    if isNamedAside || className.hasPrefix("torchmetrics.")
      || ["Loss", "Criterion", "Metric"].contains(where: shortClass.hasSuffix)
    {
      return .success(.aside)
    }
    guard !className.hasPrefix("torch.") else {
      return .failure(Refusal("is of class \(className); a network of this family has none"))
    }
    guard !children.isEmpty, weights.isEmpty else {
      return .failure(
        Refusal(
          "is of class \(className), whose computation is not in the file; expected layers of torch.nn, or "
            + "the state_dict() of a network that computes what they do"))
    }
    return .success(.container)
  }

  /// What this family has in the place of another layer.
  private static func expected(insteadOf layer: String) -> String {
    let activations: Set = [
      "ELU", "GELU", "SiLU", "Mish", "PReLU", "RReLU", "ReLU6", "SELU", "CELU", "GLU", "Hardtanh",
      "Hardswish", "Hardsigmoid", "Softplus", "Softsign", "Tanh", "Tanhshrink", "Softshrink",
      "Hardshrink", "LogSigmoid", "Threshold",
    ]
    if activations.contains(layer) { return "a network of this family has ReLU" }
    if layer.contains("Norm") { return "this family has BatchNorm3d" }
    if layer.contains("Unpool") || layer.contains("Upsampl") || layer.contains("PixelShuffle")
      || layer == "Upsample"
    {
      return "this family has ConvTranspose3d with windows of 2³ and stride 2"
    }
    if layer.contains("Pool") { return "this family has MaxPool3d with windows of 2³" }
    if layer.contains("Pad") { return "convolutions of this family pad with zeros themselves" }
    if layer.contains("Conv") { return "this family has Conv3d and ConvTranspose3d" }
    return "a network of this family has none"
  }

  private func checked(_ role: Role, _ problems: [String?]) -> Result<Role, Refusal> {
    problems.lazy.compactMap { $0 }.first.map { .failure(Refusal($0)) } ?? .success(role)
  }

  // MARK: Attributes

  /// A convolution of stride 1 that keeps the extents and pads with zeros.
  private var convolution: [String?] {
    var problems = [expect("stride", all: 1), expect("groups", 1)]
    guard let window = triple("kernel_size") else {
      return problems + [states("kernel_size", "a number")]
    }
    guard window.allSatisfy({ $0 == window[0] && !$0.isMultiple(of: 2) }) else {
      return problems + [states("kernel_size", "an odd number")]
    }
    guard window[0] > 1 else {
      // Neither dilation nor the way of padding matters where there is one weight and no padding.
      if self["padding"] == .text("same") || self["padding"] == .text("valid") { return problems }
      return problems + [expect("padding", all: 0)]
    }
    problems.append(expect("dilation", all: 1))
    if self["padding"] != .text("same") {
      problems.append(expect("padding", all: window[0] / 2))
    }
    if let mode = self["padding_mode"], mode != .text("zeros") {
      problems.append(states("padding_mode", "'zeros'"))
    }
    return problems
  }

  /// A transposed convolution 2×2×2 of stride 2.
  private var upsampling: [String?] {
    [
      expect("kernel_size", all: 2), expect("stride", all: 2), expect("padding", all: 0),
      expect("output_padding", all: 0), expect("dilation", all: 1), expect("groups", 1),
    ]
  }

  /// Max pooling 2×2×2. Rounding up matters for extents alone that a U-Net cannot join.
  private var pooling: [String?] {
    [
      expect("kernel_size", all: 2), expect("stride", all: 2), expect("padding", all: 0),
      expect("dilation", all: 1),
      isTrue("return_indices") ? states("return_indices", "False") : nil,
    ]
  }

  /// A problem if an attribute is there and not this number.
  private func expect(_ attribute: String, _ expected: Double?) -> String? {
    guard self[attribute] != nil else { return nil }
    guard let expected else { return states(attribute, "a number") }
    return number(attribute) == expected
      ? nil : states(attribute, expected == expected.rounded() ? "\(Int(expected))" : "\(expected)")
  }

  /// A problem if an attribute is there and not this number along all axes.
  private func expect(_ attribute: String, all expected: Int) -> String? {
    guard self[attribute] != nil else { return nil }
    return triple(attribute) == [expected, expected, expected]
      ? nil : states(attribute, "\(expected)")
  }

  private func states(_ attribute: String, _ expected: String) -> String {
    "(\(shortClass)) states \(attribute) \(text(attribute)); expected \(expected)"
  }
}

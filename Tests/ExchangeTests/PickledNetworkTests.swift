import Compute
import Exchange
import Foundation
import Networks
import Segmentation
import Tensors
import TestSupport
import Testing

/// Networks that PyTorch pickled, which state more than shapes (`Fixtures/modules.py`): imported
/// with the logits of PyTorch, or refused.
@Suite struct PickledNetworkTests {
  private static func path(_ name: String) -> String {
    Fixture.path("modules/\(name).pt", bundle: .module)
  }

  private static func notes(_ model: Model) -> String {
    (model.description.origin?.notes ?? []).joined(separator: "\n")
  }

  @Test(arguments: [
    "plain", "same", "no-bias", "inplace", "leaky-0", "dropout", "instance-norm",
    "instance-norm-affine", "instance-norm-tracking", "group-norm-of-channels", "no-affine",
    "no-tracking", "bare", "epsilon", "mixed-epsilon", "ceil", "softmax", "function-relu",
  ]) func isImportedRight(_ name: String) throws {
    let reference = try Fixture.load("modules/logits", bundle: .module)
    let model = try ModelImport().model(contentsOf: Self.path(name))
    let expected = try reference.tensor(name)
    var workspace = Workspace()
    let logits = try InferenceNetwork(model.network).predict(
      try reference.tensor("input"), workspace: &workspace)
    #expect(largestDifference(logits, expected) < 2e-5)
    // What the file cannot show is said.
    #expect(Self.notes(model).contains("the forward methods of \"networks.UNet\""))
  }

  @Test(arguments: [
    ("padding-reflect", "\"encoder0.0\" (Conv3d) states padding_mode 'reflect'; expected 'zeros'"),
    ("padding-replicate", "states padding_mode 'replicate'; expected 'zeros'"),
    ("padding-circular", "states padding_mode 'circular'; expected 'zeros'"),
    ("dilation", "\"encoder0.0\" (Conv3d) states dilation (2, 2, 2); expected 1"),
    ("groups", "\"encoder0.3\" (Conv3d) states groups 2; expected 1"),
    ("kernel", "states kernel_size (1, 3, 3); expected an odd number"),
    ("stride", "\"encoder1.0\" (Conv3d) states stride (2, 2, 2); expected 1"),
    ("leaky", "\"encoder0.2\" (LeakyReLU) states negative_slope 0.2; expected 0"),
    ("prelu", "\"encoder0.2\" is of class PReLU; a network of this family has ReLU"),
    ("elu", "is of class ELU; a network of this family has ReLU"),
    ("relu6", "is of class ReLU6; a network of this family has ReLU"),
    ("sigmoid-inside", "\"encoder0.2\" follows \"encoder0.1\" directly"),
    (
      "own-class", "\"encoder0.2\" is of class networks.Swish, whose computation is not in the file"
    ),
    ("function-gelu", "\"encoder0\" states function torch._C._nn.gelu"),
    ("function-tanh", "\"encoder0\" states function torch.tanh"),
    ("function-partial", "\"encoder0\" states function torch.nn.functional.leaky_relu"),
    ("group-norm", "\"encoder0.1\" (GroupNorm) states num_groups 1; expected 2"),
    ("norm-last", "\"encoder0.1\" follows \"encoder0.0\" directly"),
    ("no-activation", "\"encoder0.2\" follows \"encoder0.1\" directly"),
    ("mixed-tracking", "\"encoder0.1\" has running statistics and \"encoder1.1\" has no"),
    ("average-pool", "\"pool\" is of class AvgPool3d; this family has MaxPool3d"),
    ("wide-pool", "\"pool\" (MaxPool3d) states kernel_size 3; expected 2"),
    ("wide-up", "\"upsampling\" (ConvTranspose3d) states kernel_size (3, 3, 3); expected 2"),
    ("upsample", "\"upsampling.0\" is of class Upsample; this family has ConvTranspose3d"),
    ("up-relu", "\"upsampling.1\" follows \"upsampling.0\" directly"),
    ("head-relu", "\"head.1\" follows \"head.0\" directly"),
    ("sigmoid-of-two", "\"head.1\" is of class Sigmoid with 2 output channels"),
    ("softmax-dim", "\"head.1\" (Softmax) states dim 2; expected 1"),
    ("hook", "\"encoder0.1\" has _forward_hooks"),
    ("weight-norm", "\"encoder0.0\" has _forward_pre_hooks"),
    ("torchscript", "is a TorchScript program"),
    ("state-mean", "\"mean\" is not known"),
    ("state-second-decoder", "2 convolutions 1×1×1 (\"head\", \"other_head\")"),
    ("state-no-variance", "\"encoder1.1.running_var\": is missing; 5 of 6 layers"),
    ("state-no-bias", "\"decoder0.3.bias\": is missing; 5 of 6 layers"),
    ("state-prelu", "\"encoder0.1.weight\" is alone"),
    ("state-nan", "\"head.bias\": 1 of 1 number is NaN, infinite or beyond float32"),
    ("state-negative", "\"encoder0.1.running_var\": the variance of channel 0 is -0.5"),
    ("state-half", "\"encoder0.0.weight\": 1 of 54 numbers is NaN, infinite or beyond float32"),
    ("state-beyond", "\"head.bias\": 1 of 1 number is NaN, infinite or beyond float32"),
    ("state-weight-norm", "parametrizations.weight.original0\" is a part of weights"),
  ]) func isRefused(_ name: String, problem: String) throws {
    let error = try #require(throws: WeightsError.self) {
      try ModelImport().model(contentsOf: Self.path(name))
    }
    #expect(error.description.contains(problem), "\(error)")
    #expect(!error.description.contains("\n"))
  }

  /// Tensors beside the network are named, and the network is what it is without them.
  @Test(arguments: [
    ("state-criterion", "criterion.pos_weight\", \"val_iou.confmat\", \"model.total_ops"),
    ("state-averaged", "n_averaged"), ("state-ema", "ema_model.encoder0.0.weight"),
    ("state-double", "padding, dilation, activation, pooling and epsilon"),
  ]) func whatLiesBesideIsNamed(_ name: String, note: String) throws {
    let plain = try ModelImport().model(contentsOf: Self.path("plain"))
    let model = try ModelImport().model(contentsOf: Self.path(name))
    #expect(Self.notes(model).contains(note), "\(Self.notes(model))")
    #expect(
      model.network.tensors.allSatisfy { name, tensor in
        plain.network.tensors[name]?.isIdentical(to: tensor) == true
      })
  }

  @Test func aKeyChoosesOneOfSeveralNetworks() throws {
    let plain = try ModelImport().model(contentsOf: Self.path("plain"))
    var rules = ModelImport()
    rules.key = "ema_model"
    let model = try rules.model(contentsOf: Self.path("state-ema"))
    let (head, other) = (model.network.tensors["head.bias"], plain.network.tensors["head.bias"])
    #expect(head?.scalars.map { $0 - 1 } == other?.scalars)
    rules.key = "no_model"
    #expect(throws: WeightsError.self) { try rules.model(contentsOf: Self.path("state-ema")) }
  }

  /// Group normalization has the tensors of batch normalization without statistics.
  @Test func whatAStateDictHidesIsNoted() throws {
    let model = try ModelImport().model(contentsOf: Self.path("state-group-norm"))
    #expect(model.description.inferenceStatistics == .batch)
    let notes = Self.notes(model)
    #expect(notes.contains("\"encoder0.groupnorm1.weight\" hint at GroupNorm"), "\(notes)")
    #expect(notes.contains("GroupNorm and LayerNorm have the same tensors"), "\(notes)")
    #expect(notes.contains("tensors do not tell padding"), "\(notes)")
  }

  /// The length of the header decides nothing: its first bytes may be those of other formats.
  @Test(arguments: [0x1F80, 0x4B50, 0x8B1F, 0x4D42, 0x0280])
  func safetensorsOfAnyLength(length: Int) throws {
    let folder = try TestFolder()
    let model = try ModelImport().model(contentsOf: Self.path("plain"))
    let path = folder.path + "/net.safetensors"
    try SafeTensors(tensors: model.network.tensors).write(to: path)
    let bytes = try Data(contentsOf: URL(filePath: path))
    let header = Int(bytes[0]) | Int(bytes[1]) << 8
    var wanted = length
    while wanted < header { wanted += 1 << 16 }
    var framed = Data((0..<8).map { UInt8(truncatingIfNeeded: wanted >> (8 * $0)) })
    framed += bytes[8..<8 + header] + Data(repeating: 0x20, count: wanted - header)
    framed += bytes[(8 + header)...]
    try framed.write(to: URL(filePath: path))
    let again = try ModelImport().model(contentsOf: path)
    #expect(
      again.network.tensors.allSatisfy { name, tensor in
        model.network.tensors[name]?.isIdentical(to: tensor) == true
      })
    // Cut anywhere it is damaged, and never another format's file.
    try framed.prefix(framed.count - 1).write(to: URL(filePath: path))
    #expect(throws: WeightsError.self) { try ModelImport().model(contentsOf: path) }
  }
}

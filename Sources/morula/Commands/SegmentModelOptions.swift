import ArgumentParser
import Compute
import Microscopy
import Networks
import Segmentation

/// What finds foreground and centers.
struct SegmentModelOptions: ParsableArguments {
  enum Method: String, ExpressibleByArgument, CaseIterable {
    case network
    case classical
  }

  @Option(
    help: ArgumentHelp(
      "network, or classical: smoothing, a threshold and a watershed, without any model (default: network).",
      valueName: "kind"))
  var method: Method?

  @Option(
    help: ArgumentHelp(
      "The weights of the nuclear segmentation network, or of a 3D U-Net (default: the model nsn of `morula model list`).",
      valueName: "file"))
  var nsn: String?

  @Option(
    help: ArgumentHelp(
      "The weights of the nuclear detection network (default: the model ndn of `morula model list`, where --instances needs one).",
      valueName: "file"))
  var ndn: String?

  @Option(
    help: ArgumentHelp(
      "The memory that activations may take, 4G say; larger volumes are cut into tiles.",
      valueName: "bytes"))
  var maxMemory: ByteCount?

  @Flag(
    help:
      "Average the predictions over the mirror images that training knew: up to eight times the time."
  )
  var mirror = false

  @Option(
    help: ArgumentHelp(
      "Statistics of batch normalization: running (as trained) or batch (the volume's own); default: as the weights say.",
      valueName: "kind"))
  var batchNorm: InferenceStatistics?

  @Option(
    help: ArgumentHelp("The classical threshold: li or otsu (default: li).", valueName: "rule"))
  var thresholdRule: ClassicalForeground.Rule?

  @Option(
    help: ArgumentHelp("Multiplies the classical threshold (default: 1.15).", valueName: "factor"))
  var thresholdFactor: Double?

  @Option(
    help: ArgumentHelp(
      "The σ of the Gaussian before the classical threshold (default: 1).", valueName: "µm"))
  var smoothing: Double?

  /// A model with the file it came from.
  struct File {
    let role: String
    let path: String
    let model: Model
  }

  private static let library = ModelLibrary()

  /// The weights of the foreground network: those chosen, or Morula's own; nil for none.
  private var nsnPath: String? {
    method == .classical ? nsn : nsn ?? Self.library["nsn"]?.path
  }

  /// Whether a network finds the foreground.
  var usesNetwork: Bool { method == .network || (method == nil && nsnPath != nil) }

  /// Whether neither an option nor Morula's own models give a foreground network.
  var lacksNetwork: Bool { method == nil && nsnPath == nil }

  /// The weights of the detection network: those chosen, or Morula's own where this way of splitting
  /// (nil for the default) may use one; nil for none.
  func ndnPath(for splitting: SegmentationParameters.Splitting?) -> String? {
    if let ndn { return ndn }
    return usesNetwork && splitting?.needsCenters != false ? Self.library["ndn"]?.path : nil
  }

  func validate() throws {
    if usesNetwork, nsnPath == nil {
      throw ValidationError(
        "--method network needs the weights of the foreground network, --nsn; Morula's own models "
          + "were not found (`morula model list`)")
    }
    if !usesNetwork, nsn != nil { throw ValidationError("--method classical uses no --nsn") }
    if !usesNetwork, mirror || batchNorm != nil || maxMemory != nil, ndn == nil {
      throw ValidationError("--mirror, --batch-norm and --max-memory are about networks")
    }
    if usesNetwork, thresholdRule != nil || thresholdFactor != nil || smoothing != nil {
      throw ValidationError(
        "--threshold-rule, --threshold-factor and --smoothing belong to --method classical")
    }
    if batchNorm == .batch, maxMemory != nil {
      throw ValidationError(
        "--batch-norm batch needs the statistics of whole volumes; drop --max-memory")
    }
    if let thresholdFactor, !(thresholdFactor > 0 && thresholdFactor.isFinite) {
      throw ValidationError("--threshold-factor is a number above 0")
    }
    if let smoothing, !((0...1000).contains(smoothing)) {
      throw ValidationError("--smoothing is 0 to 1000 µm")
    }
  }

  /// The segmenter of these options and the models in it.
  func segmenter(_ instances: InstanceOptions) throws -> (Segmenter, [File]) {
    let ndn = ndnPath(for: instances.splitting)
    let parameters = try instances.parameters(hasModel: usesNetwork, hasDetector: ndn != nil)
    var files: [File] = []
    func predictor(_ path: String, role: String) throws -> Predictor {
      var model = try Model(contentsOf: path)
      let isDetector = model.description.kind == .ndn
      guard isDetector == (role == "ndn") else {
        throw InputError(
          path,
          isDetector
            ? "is a detection network; give it as --ndn"
            : "is a \(model.description.kind.rawValue), not a detection network; give it as --nsn")
      }
      files.append(File(role: role, path: path, model: model))
      if let batchNorm { model.network.inferenceStatistics = batchNorm }
      var predictor = try Predictor(model)
      predictor.memoryLimit = maxMemory?.bytes
      predictor.averagesMirrorImages = mirror
      return predictor
    }
    let foreground: Segmenter.Foreground
    if usesNetwork, let nsnPath {
      foreground = .network(try predictor(nsnPath, role: "nsn"))
    } else {
      var rules = ClassicalForeground()
      if let thresholdRule { rules.rule = thresholdRule }
      if let thresholdFactor { rules.factor = thresholdFactor }
      if let smoothing { rules.smoothing = smoothing }
      foreground = .classical(rules)
    }
    let detector = try ndn.map { try predictor($0, role: "ndn") }
    return (
      Segmenter(foreground: foreground, detector: detector, parameters: parameters), files
    )
  }
}

extension InferenceStatistics: ExpressibleByArgument {}
extension ClassicalForeground.Rule: ExpressibleByArgument {}

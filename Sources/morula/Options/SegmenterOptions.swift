import ArgumentParser
import Microscopy
import Segmentation

/// Everything that a segmentation depends on, in the groups of `--help`.
struct SegmenterOptions: ParsableArguments {
  @OptionGroup(title: "Models") var models: ModelOptions
  @OptionGroup(title: "Nuclei") var instances: InstanceOptions
  @OptionGroup(title: "Classical method") var classical: ClassicalOptions
  @OptionGroup(title: "Expert") var details: InstanceDetailOptions

  /// A model with the file it came from.
  struct File {
    let role: String
    let path: String
    let model: Model
  }

  func validate() throws {
    let hasNetworkOptions = models.mirror || details.batchNorm != nil
    if !models.usesNetwork, hasNetworkOptions, models.ndn == nil {
      throw ValidationError("--mirror and --batch-norm are about networks")
    }
    if models.usesNetwork, classical.isGiven {
      throw ValidationError(
        "--threshold-rule, --threshold-factor and --smoothing belong to --method classical")
    }
    if details.batchNorm == .batch, models.maxMemory != nil {
      throw ValidationError(
        "--batch-norm batch needs the statistics of whole volumes; drop --max-memory")
    }
  }

  /// The segmenter of these options and the models in it.
  func segmenter() throws -> (Segmenter, [File]) {
    try ModelLibrary.check()
    let ndn = models.ndnPath(for: instances.instances)
    let parameters = try parameters(hasDetector: ndn != nil)
    var files: [File] = []
    let foreground: Segmenter.Foreground
    if models.usesNetwork, let nsn = models.nsnPath {
      files.append(File(role: "nsn", path: nsn, model: try model(nsn, isDetector: false)))
      foreground = .network(try predictor(files[0].model))
    } else {
      foreground = .classical(classical.rules)
    }
    var detector: Predictor?
    if let ndn {
      let file = File(role: "ndn", path: ndn, model: try model(ndn, isDetector: true))
      files.append(file)
      detector = try predictor(file.model)
    }
    var segmenter = Segmenter(foreground: foreground, detector: detector, parameters: parameters)
    segmenter.memoryLimit = models.memoryLimit
    return (segmenter, files)
  }

  /// The rules, checked against the models at hand.
  private func parameters(hasDetector: Bool) throws -> SegmentationParameters {
    var parameters = models.usesNetwork ? SegmentationParameters() : .classical
    parameters.splitting = instances.instances ?? (hasDetector ? .combined : .watershed)
    if parameters.splitting.needsCenters, !hasDetector {
      throw InputError(
        "--instances \(parameters.splitting.rawValue)",
        "needs the centers of a detection network; give --ndn, or --instances watershed")
    }
    if let threshold = instances.threshold {
      guard models.usesNetwork else {
        throw InputError(
          "--threshold", "is about a network's probability; use --threshold-factor")
      }
      parameters.foregroundThreshold = threshold
    }
    if let volume = instances.minVolume { parameters.minimumVolume = volume }
    details.apply(to: &parameters)
    return parameters
  }

  private func model(_ path: String, isDetector: Bool) throws -> Model {
    let model = try ModelLibrary().model(path)
    let kind = model.description.kind
    guard (kind == .ndn) == isDetector else {
      throw InputError(
        path,
        kind == .ndn
          ? "is a detection network; give it as --ndn"
          : "is a \(kind.rawValue), not a detection network; give it as --nsn")
    }
    return model
  }

  private func predictor(_ model: Model) throws -> Predictor {
    var model = model
    if let batchNorm = details.batchNorm { model.network.inferenceStatistics = batchNorm }
    var predictor = try Predictor(model)
    predictor.averagesMirrorImages = models.mirror
    return predictor
  }
}

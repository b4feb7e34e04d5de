import Segmentation

/// Everything that defines a training run; `docs/configuration.md` describes every key.
///
/// A plain value: decoded from YAML with strict checks
/// (``load(path:overrides:workingDirectory:)``), encoded to YAML (``yaml``) or through `Codable`,
/// always with every key that applies.
public struct TrainingConfiguration: ConfigurationSection {
  /// The keys of the file.
  package enum Key: String, ConfigurationKey {
    case name, network, data, preprocessing, sampling, augmentation, loss, optimizer, schedule
    case training, validation
  }

  /// The name of the run; the file's name without its extension if absent.
  public var name = "training"
  /// The architecture.
  package var network = NetworkConfiguration()
  /// Which volumes, and how they are split.
  package var data = DataConfiguration()
  /// From the microscope's values and grid to the network's.
  public var preprocessing = Preprocessing()
  /// What one training sample is.
  package var sampling = SamplingConfiguration()
  /// Random changes of the samples.
  package var augmentation = AugmentationConfiguration()
  /// The loss.
  package var loss = LossConfiguration()
  /// The optimizer.
  package var optimizer = OptimizerConfiguration()
  /// The learning rate over time.
  package var schedule = ScheduleConfiguration()
  /// The loop.
  package var training = LoopConfiguration()
  /// How volumes that validate are measured.
  package var validation = ValidationConfiguration()

  /// The defaults; the folders of `data` must still be set.
  public init() {}

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.value(
      .name, &name,
      ConfigurationRule("not empty and without '/'") { !$0.isEmpty && !$0.contains("/") })
    try section.section(.network, &network)
    try section.section(.data, &data)
    try section.section(.preprocessing, &preprocessing)
    try section.section(.sampling, &sampling)
    try section.section(.augmentation, &augmentation)
    if section.isReading, section.given(.loss)?["kind"] == nil {
      loss.kind = network.output == .softmax ? .crossEntropy : .dice
    }
    try section.section(.loss, &loss)
    try section.section(.optimizer, &optimizer)
    try section.section(.schedule, &schedule)
    try section.section(.training, &training)
    if data.hasValidation {
      try section.section(.validation, &validation)
    } else {
      try section.inapplicable(
        [.validation], "no volumes validate; set data.validation or data.folds")
    }
  }
}

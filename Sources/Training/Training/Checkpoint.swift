import Compute
import Microscopy
import Networks
import Segmentation

/// A checkpoint: a model's weights file that also holds the state of its training. It is a model
/// like any other, and training can go on from it.
enum Checkpoint {
  private static let position = "training_position"
  private static let schedule = "training_schedule"
  private static let configuration = "training_configuration"
  private static let volumes = "training_volumes"
  private static let optimizerPrefix = Model.checkpointPrefix + "optimizer/"
  private static let averagePrefix = Model.checkpointPrefix + "average/"

  static func write(
    _ state: TrainingState, model: Model, configuration: TrainingConfiguration, volumes: Volumes,
    to path: String
  ) throws(WeightsError) {
    var file = try model.contents(file: path)
    file.metadata[position] = try Model.json(state.progress, file: path)
    file.metadata[schedule] = try Model.json(state.schedule, file: path)
    file.metadata[Self.configuration] = try Model.json(configuration, file: path)
    file.metadata[Self.volumes] = try Model.json(volumes, file: path)
    file.arrays.merge(state.optimizer.state(prefix: optimizerPrefix)) { first, _ in first }
    if let average = state.average {
      file.arrays.merge(average.state(prefix: averagePrefix)) { first, _ in first }
    }
    try file.write(to: path)
  }

  /// The names of the volumes that train and that validate; a run goes on with the same ones.
  struct Volumes: Sendable, Hashable, Codable {
    var training: [String]
    var validation: [String]

    init(_ split: DataSet.Split) {
      training = split.training.map(\.name)
      validation = split.validation.map(\.name)
    }
  }

  /// The state in a checkpoint, for a run with this configuration.
  static func read(
    _ path: String, into state: inout TrainingState, configuration: TrainingConfiguration,
    volumes: Volumes
  ) throws {
    let file = try SafeTensors(contentsOf: path)
    guard file.metadata[position] != nil else {
      throw TrainingError(path, "holds weights without the state of a training; it cannot resume")
    }
    let model = try Model(file)
    let written: TrainingConfiguration = try Model.metadata(file, Self.configuration)
    try check(configuration, against: written, path: path)
    try check(volumes, against: Model.metadata(file, Self.volumes), path: path)
    var restored = state
    restored.network = model.network
    restored.progress = try Model.metadata(file, position)
    // If the number of epochs may change, the rates do not depend on it.
    restored.schedule = try Model.metadata(file, schedule)
    try restored.optimizer.restore(file, prefix: optimizerPrefix, for: &restored.network)
    try restored.average?.restore(file, prefix: averagePrefix, for: &restored.network)
    state = restored
  }

  /// The keys that a resumed run may change and still be the same run.
  private static let free: Set<String> = [
    "name", "network.weights", "data.cache", "data.images", "data.targets",
    "data.supplement.images",
    "data.supplement.targets", "training.prefetch", "training.recompute", "validation.every",
    "validation.detection_radius",
  ]

  private static func check(
    _ configuration: TrainingConfiguration, against written: TrainingConfiguration, path: String
  ) throws(TrainingError) {
    var changed = configuration.differences(from: written).filter { key in
      !free.contains(key) && !free.contains { key.hasPrefix($0 + ".") }
        && !key.hasPrefix("training.early_stopping")
    }
    if TrainingSchedule.isIndependentOfLength(configuration.schedule.kind),
      configuration.training.fixedStatistics == 0
    {
      changed.removeAll { $0 == "training.epochs" }
    }
    guard changed.isEmpty else {
      throw TrainingError(
        path,
        "was written by another configuration, which differs in \(changed.joined(separator: ", "))",
        advice: .either("restore the values", .chooseOutput))
    }
  }

  private static func check(
    _ volumes: Volumes, against written: Volumes, path: String
  ) throws(TrainingError) {
    for (now, then, verb) in [
      (volumes.training, written.training, "train"),
      (volumes.validation, written.validation, "validate"),
    ] where now != then {
      let changed = NaturalOrder.sorted(Set(now).symmetricDifference(then))
      throw TrainingError(
        path,
        "was written with other volumes to \(verb) (\(then.count), now \(now.count)"
          + (changed.isEmpty ? "" : "; \(InputError.list(changed))")
          + ")", advice: .either("restore the data set", .chooseOutput))
    }
  }
}

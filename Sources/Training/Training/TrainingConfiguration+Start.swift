import Compute
import Networks
import Segmentation

extension TrainingConfiguration {
  /// The network before its first update: the one of `network.weights`, or random weights.
  ///
  /// - Throws: ``TrainingError`` or `WeightsError` if the weights are not of this architecture, or
  ///   were trained on images prepared in another way.
  func startingNetwork() throws -> UNet3D {
    let architecture = network.architecture
    var start = try UNet3D(
      architecture, initializer: network.initializer, seed: training.seed)
    guard let path = network.weights else { return start }
    let model = try Model(contentsOf: path)
    // Names and shapes do not depend on these.
    var theirs = model.network.configuration
    theirs.epsilon = architecture.epsilon
    theirs.momentum = architecture.momentum
    guard theirs == architecture else {
      throw TrainingError(
        path,
        "holds a network of \(theirs.words), and section network describes one of "
          + "\(architecture.words); set it to the former, or leave network.weights out")
    }
    var preparation = model.preprocessing
    preparation.size = preprocessing.size
    guard preparation == preprocessing else {
      throw TrainingError(
        path,
        "was trained on images prepared by \(model.preprocessing.words), and section preprocessing "
          + "says \(preprocessing.words); set it to the former, or leave network.weights out")
    }
    start.copyWeights(of: model.network)
    return start
  }
}

extension UNetConfiguration {
  fileprivate var words: String {
    "\(levels.counted("level")), base \(base), kernel \(kernel) and "
      + outputs.counted("output channel")
  }
}

extension Preprocessing {
  fileprivate var words: String {
    let grid =
      switch grid {
      case .isotropic: "isotropic"
      case .native: "native"
      case .size(let size): "\(size)"
      }
    return "scaling \(intensityScaling), voxel \(grid)"
  }
}

import ArgumentParser
import Networks

/// The value of `--loss`.
enum LossChoice: String, ExpressibleByArgument, CaseIterable {
  case dice, bce

  /// The loss for a head of this many channels.
  func loss(outputs: Int) -> any Loss {
    switch self {
    case .dice: DiceLoss.reproduction
    case .bce: outputs > 1 ? CrossEntropyLoss() : BinaryCrossEntropyLoss()
    }
  }
}

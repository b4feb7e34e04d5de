import Compute
import Networks
import Tensors

/// The state of training in addition to the network, for a series of timed steps.
struct TrainingStepState: ~Copyable {
  /// The times of one step.
  struct Step {
    /// Seconds of each part.
    var forward = 0.0
    var loss = 0.0
    var backward = 0.0
    var update = 0.0
    /// The loss before the update.
    var value = 0.0

    /// Seconds of the whole.
    var seconds: Double { forward + loss + backward + update }
  }

  private var optimizer = SGD(learningRate: 0.01, momentum: 0.9)
  private var workspace = Workspace()

  /// One update, like those of training.
  mutating func step(
    _ network: inout UNet3D, _ input: BenchmarkInput, loss: any Loss
  ) throws -> Step {
    var step = Step()
    var start = ContinuousClock.now
    func lap() -> Double {
      let now = ContinuousClock.now
      defer { start = now }
      return start.duration(to: now).inSeconds
    }
    let (logits, tape) = try network.forward(input.image, workspace: &workspace)
    step.forward = lap()
    let (value, gradient) = try loss(logits, target: input.target)
    step.value = value
    step.loss = lap()
    try network.backwardParameters(
      consume gradient, tape: consume tape, workspace: &workspace)
    step.backward = lap()
    optimizer.update(&network)
    clearGradients(of: &network)
    step.update = lap()
    return step
  }
}

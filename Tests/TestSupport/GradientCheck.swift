import Compute
import Networks
import Tensors

/// Central differences against backward.
///
/// The objective is ⟨layer(x), r⟩ for a fixed random r, whose gradient with respect to the output
/// is r itself. Along a random direction d, D(h) = (f(h) − f(−h)) / 2h is the slope up to O(h²);
/// half the step leaves a quarter of that error, so 4/3 D(h/2) − 1/3 D(h) cancels it (Richardson)
/// and the difference of the two bounds what remains. The caller keeps kinks further away than the
/// step.
public struct GradientCheck {
  /// The slope by backward, and by differences.
  public let backward, differences: Double
  /// What truncation and float32 can explain of their difference.
  public let tolerance: Double

  /// Whether the two agree, and the tolerance is tight enough to say so.
  public var passes: Bool {
    abs(backward - differences) <= tolerance && tolerance <= 0.02 * scale
  }
  /// The size of a slope that would matter.
  private let scale: Double

  /// Checks the gradient of the input, or of the parameter `name` where one is given.
  public init<L: Layer>(
    _ layer: L, input: Tensor, parameter name: String? = nil, step: Double = 0x1p-6,
    using generator: inout some RandomNumberGenerator
  ) throws {
    var workspace = Workspace()
    var trained = layer
    let (output, tape) = try trained.forward(input, workspace: &workspace)
    let weights = Tensor.normal(output.shape, using: &generator)
    var gradient = try trained.backward(weights, tape: tape, workspace: &workspace)
    if let name {
      trained.forEachParameter { if $0.name == name { gradient = $0.gradient } }
    }
    // Half along the gradient, so that the slope is not small by chance, half at random.
    let random = Tensor.normal(gradient.shape, using: &generator)
    let norm = gradient.dot(gradient).squareRoot()
    let randomNorm = random.dot(random).squareRoot()
    let direction = Tensor(zeros: gradient.shape)
      .adding(gradient, times: norm > 0 ? 1 / norm : 0)
      .adding(random, times: 1 / randomNorm)

    func objective(_ step: Double) throws -> (value: Double, magnitude: Double) {
      var moved = layer
      var x = input
      if let name {
        moved.forEachParameter { parameter in
          if parameter.name == name {
            parameter.value = parameter.value.adding(direction, times: step)
          }
        }
      } else {
        x = input.adding(direction, times: step)
      }
      let y = try moved.forward(x, workspace: &workspace).output
      return (y.dot(weights), y.magnitudes.dot(weights.magnitudes))
    }
    func slope(_ step: Double) throws -> Double {
      try (objective(step).value - objective(-step).value) / (2 * step)
    }
    let (whole, half) = (try slope(step), try slope(step / 2))
    backward = gradient.dot(direction)
    differences = (4 * half - whole) / 3
    // Independent roundings of the outputs add like a random walk; x ± h d is rounded too.
    let outputs = try objective(0).magnitude / Double(output.count).squareRoot()
    scale = max(abs(backward), norm, outputs)
    tolerance = abs(whole - half) + 16 * Tolerance.ulp * (outputs + norm) / step
  }
}

import Networks
import Tensors

/// What a fixture keeps of the gradients of a network's parameters: of each its norm, its sum, its
/// product with hashed signs and 16 hashed samples, and how far float32 may stray from them.
public struct GradientRecord: Sendable {
  /// The names of the parameters, in the order of the rows.
  public let names: [String]
  private let norm, sum, dot, samples: [Double]
  private let normDeviation, sumDeviation, dotDeviation, samplesDeviation, deviation: [Double]
  private static let signs = 1 << 21
  private static let sampled = 1 << 22

  /// The record in a file that `networks.py` wrote.
  public init(_ file: SafeTensors) throws {
    names = file.metadata["parameters"]?.split(separator: ",").map(String.init) ?? []
    func row(_ name: String) throws -> [Double] { try file.doubles("gradient.\(name)") }
    (norm, sum, dot, samples) = try (row("norm"), row("sum"), row("dot"), row("samples"))
    normDeviation = try row("normDeviation")
    sumDeviation = try row("sumDeviation")
    dotDeviation = try row("dotDeviation")
    samplesDeviation = try row("samplesDeviation")
    deviation = try row("deviation")
  }

  /// The largest difference of this gradient from the record, in units of what float32 explains.
  ///
  /// The unit is the deviation measured in PyTorch's float32 runs, of the quantity itself or of the
  /// gradient's norm, whichever is larger: a single run may come close by luck. Never less than
  /// `floor`, a rounding of the numbers in the file.
  public func error(of gradient: Tensor, named name: String) -> Double {
    guard let row = names.firstIndex(of: name) else { return .infinity }
    let values = gradient.scalars.map(Double.init)
    func sign(_ index: Int) -> Double {
      HashedNumbers.word(stream: Self.signs + row, index) >> 63 == 1 ? -1 : 1
    }
    func error(_ value: Double, _ expected: Double, _ measured: Double) -> Double {
      let floor = Double(Float.ulpOfOne) * abs(expected)
      let error = abs(value - expected) / max(measured, deviation[row], floor)
      return error.isNaN ? .infinity : error
    }
    var worst = error(
      values.reduce(0) { $0 + $1 * $1 }.squareRoot(), norm[row], normDeviation[row])
    worst = max(worst, error(values.reduce(0, +), sum[row], sumDeviation[row]))
    let signed = values.enumerated().reduce(0) { $0 + sign($1.offset) * $1.element }
    worst = max(worst, error(signed, dot[row], dotDeviation[row]))
    for j in 0..<16 {
      let word = HashedNumbers.word(stream: Self.sampled + row, j)
      let at = Int(word % UInt64(values.count))
      worst = max(worst, error(values[at], samples[row * 16 + j], samplesDeviation[row]))
    }
    return worst
  }
}

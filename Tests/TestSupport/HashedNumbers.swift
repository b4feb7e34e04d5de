import Tensors

/// The numbers that fixture scripts and tests both compute instead of storing them
/// (`Tests/NetworksTests/Fixtures/networks.py` states the formulas).
public enum HashedNumbers {
  /// SplitMix64's output for the state (stream << 40) + index.
  public static func word(stream: Int, _ index: Int) -> UInt64 {
    var z = (UInt64(stream) << 40) &+ UInt64(index) &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number in [0, 1) with 53 random bits.
  public static func uniform(stream: Int, _ index: Int) -> Double {
    Double(word(stream: stream, index) >> 11) * 0x1p-53
  }

  /// The value of parameter number `stream`, by its name and shape.
  public static func parameter(_ name: String, shape: Shape, stream: Int) -> Tensor {
    let (center, bound) = interval(name, shape: shape)
    let values = (0..<shape.count).map { index in
      Float(center + bound * (2 * uniform(stream: stream, index) - 1))
    }
    return Tensor(values, shape: shape)
  }

  private static func interval(
    _ name: String, shape: Shape
  ) -> (center: Double, bound: Double) {
    if name.hasSuffix(".bias") { return (0, 0.1) }
    if name.contains(".normalization.") { return (1, 0.2) }
    if name.contains(".upsampling.") { return (0, (3 / Double(shape[0])).squareRoot()) }
    let fanIn = Double(shape.count / shape[0])
    return (0, ((name.hasPrefix("head.") ? 3 : 6) / fanIn).squareRoot())
  }
}

import Networks
import Tensors
import TestSupport
import Testing

/// The losses against PyTorch autograd in float64 (Fixtures/losses/make.py).
@Suite struct LossFixtureTests {
  static let reproduction = DiceLoss.reproduction
  static let original = DiceLoss.original
  static let cases: [(String, any Loss)] = [
    ("bce", BinaryCrossEntropyLoss()),
    ("bce-weighted-ignore", BinaryCrossEntropyLoss(positiveWeight: 3.5)),
    ("bce-extreme", BinaryCrossEntropyLoss(positiveWeight: 2)),
    ("ce", CrossEntropyLoss()),
    ("ce-weighted-ignore", CrossEntropyLoss(classWeights: [0.2, 1, 2.5])),
    ("ce-extreme", CrossEntropyLoss()),
    ("dice-reproduction", reproduction),
    ("dice-reproduction-ignore", reproduction),
    ("dice-reproduction-empty", reproduction),
    ("dice-extreme", reproduction),
    ("dice-sample", DiceLoss(denominator: .sum, smoothing: 1, grouping: .sample)),
    ("dice-original", original),
    ("dice-original-ignore", original),
    ("dice-original-empty", original),
    ("dice-original-extreme", original),
    ("dice-original-sample", DiceLoss(denominator: .squares, smoothing: 1e-7, grouping: .sample)),
    ("dice-squares-sigmoid", original),
    (
      "bce-dice",
      BinaryCrossEntropyDiceLoss(
        BinaryCrossEntropyLoss(positiveWeight: 2), reproduction, firstWeight: 0.5, secondWeight: 1.5
      )
    ),
    ("ce-dice", CrossEntropyDiceLoss(CrossEntropyLoss(), original)),
  ]

  @Test(arguments: cases.indices)
  func equalsPyTorch(index: Int) throws {
    let (name, loss) = Self.cases[index]
    let file = try Fixture.load("losses/\(name)", bundle: .module)
    let logits = try file.tensor("logits")
    let expected = try file.tensor("gradient").scalars
    let (value, gradient) = try loss(logits, target: try file.tensor("target"))
    let reference = try file.doubles("value")[0]
    // Both sides work in float64; what is left is the order of the sums.
    #expect(abs(value - reference) <= 1e-13 * max(1, abs(reference)), "\(name)")
    #expect(gradient.shape == logits.shape)
    // A sum of losses rounds each gradient first, and they may cancel.
    let isSum = loss is BinaryCrossEntropyDiceLoss || loss is CrossEntropyDiceLoss
    let largest = expected.reduce(0) { max($0, Double(abs($1))) }
    let cancellation = isSum ? 4 * Tolerance.ulp * largest : 0
    for (offset, (a, b)) in zip(gradient.scalars, expected).enumerated() {
      // One rounding to float32 each; 10⁻¹⁵ because PyTorch forms p − 1 and 1 − p by subtraction.
      let tolerance = 2 * Tolerance.ulp * Double(abs(b)) + 1e-15 + cancellation
      #expect(abs(Double(a) - Double(b)) <= tolerance, "\(name), offset \(offset)")
    }
  }
}

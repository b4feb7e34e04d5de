import Compute
import Networks
import Tensors
import TestSupport
import Testing

/// What must hold for every loss at any input.
@Suite struct LossPropertyTests {
  static let binary: [any Loss] = [
    BinaryCrossEntropyLoss(), BinaryCrossEntropyLoss(positiveWeight: 4), DiceLoss.reproduction,
    DiceLoss.original, DiceLoss(denominator: .sum, smoothing: 0.5, grouping: .sample),
    BinaryCrossEntropyDiceLoss(BinaryCrossEntropyLoss(), DiceLoss.reproduction, firstWeight: 0.3),
  ]
  static let multiclass: [any Loss] = [
    CrossEntropyLoss(), CrossEntropyLoss(classWeights: [0.1, 2, 1]), DiceLoss.reproduction,
    DiceLoss.original, DiceLoss(denominator: .squares, smoothing: 1, grouping: .sample),
    CrossEntropyDiceLoss(CrossEntropyLoss(), DiceLoss.original, secondWeight: 2),
  ]
  static let all: [(any Loss, channels: Int)] =
    binary.map { ($0, channels: 1) } + multiclass.map { ($0, channels: 3) }

  /// Random logits and a target with some voxels to ignore.
  static func sample(
    _ shape: Shape, using generator: inout SeededGenerator
  ) -> (logits: Tensor, target: Tensor) {
    let logits = Tensor((0..<shape.count).map { _ in Float(2 * generator.normal()) }, shape: shape)
    let flat = shape.with(channels: 1)
    let values: [Float] = (0..<flat.count).map { _ in
      if generator.chance(0.2) { return -1 }
      if shape.channels > 1 { return Float(Int.random(in: 0..<shape.channels, using: &generator)) }
      return generator.chance(0.5) ? Float(generator.uniform()) : generator.chance(0.5) ? 1 : 0
    }
    return (logits, Tensor(values, shape: flat))
  }

  @Test(arguments: all.indices)
  func gradientIsTheSlopeOfTheValue(index: Int) throws {
    let (loss, channels) = Self.all[index]
    var generator = SeededGenerator(seed: 5, stream: UInt64(index))
    let shape: Shape = [2, channels, 2, 3, 2]
    let (logits, target) = Self.sample(shape, using: &generator)
    let gradient = try loss(logits, target: target).gradient
    for offset in 0..<logits.count {
      var (above, below) = (logits, logits)
      let step: Float = 0x1p-9
      above[offset] += step
      below[offset] -= step
      let distance = Double(above[offset]) - Double(below[offset])
      let slope =
        try (loss(above, target: target).value - loss(below, target: target).value)
        / distance
      // The central difference errs by h²/6 · |L‴|, and |L‴| is below 1 here; then float32
      // rounding.
      let tolerance = 0x1p-18 / 6 + 2 * Tolerance.ulp * abs(slope)
      #expect(abs(slope - Double(gradient[offset])) <= tolerance, "offset \(offset)")
    }
  }

  @Test(arguments: all.indices)
  func sameBitsForAnyNumberOfThreads(index: Int) throws {
    let (loss, channels) = Self.all[index]
    var generator = SeededGenerator(seed: 6, stream: UInt64(index))
    let (logits, target) = Self.sample([2, channels, 11, 31, 37], using: &generator)
    let one = try Parallel.$threads.withValue(1) { try loss(logits, target: target) }
    for threads in [2, 3, 7] {
      let other = try Parallel.$threads.withValue(threads) { try loss(logits, target: target) }
      #expect(other.value.bitPattern == one.value.bitPattern)
      #expect(other.gradient.scalars == one.gradient.scalars)
    }
  }

  /// The loss with its Dice smoothing multiplied.
  static func withSmoothing(_ loss: any Loss, times factor: Double) -> any Loss {
    if var dice = loss as? DiceLoss {
      dice.smoothing *= factor
      return dice
    }
    if var sum = loss as? BinaryCrossEntropyDiceLoss {
      sum.second.smoothing *= factor
      return sum
    }
    if var sum = loss as? CrossEntropyDiceLoss {
      sum.second.smoothing *= factor
      return sum
    }
    return loss
  }

  /// A volume that is the same 2 × 3 × 4 voxels over and over spans many blocks, and has the same
  /// mean and, with the smoothing repeated as often, the same Dice as the voxels themselves.
  @Test(arguments: all.indices)
  func repeatedVoxelsGiveTheSameLoss(index: Int) throws {
    let (loss, channels) = Self.all[index]
    var generator = SeededGenerator(seed: 7, stream: UInt64(index))
    let repeats = 1000
    let (logits, target) = Self.sample([2, channels, 2, 3, 4], using: &generator)
    func tiled(_ tensor: Tensor) -> Tensor {
      let values = tensor.scalars
      var result: [Float] = []
      for plane in 0..<2 * tensor.shape.channels {
        for _ in 0..<repeats { result += values[plane * 24..<(plane + 1) * 24] }
      }
      return Tensor(result, shape: [2, tensor.shape.channels, 2 * repeats, 3, 4])
    }
    let small = try loss(logits, target: target)
    let smoothed = Self.withSmoothing(loss, times: Double(repeats))
    let large = try smoothed(tiled(logits), target: tiled(target))
    #expect(abs(large.value - small.value) <= 1e-12)
    let gradient = large.gradient.scalars.map { $0 * Float(repeats) }
    let expected = tiled(small.gradient).scalars
    // A sum of losses may cancel, so the roundings are those of the largest slope.
    let largest = expected.reduce(0) { max($0, Double(abs($1))) }
    #expect(largestDifference(gradient, expected) <= 8 * Tolerance.ulp * largest)
  }

  @Test(arguments: all.indices)
  func ignoredVoxelsDoNotMatter(index: Int) throws {
    let (loss, channels) = Self.all[index]
    var generator = SeededGenerator(seed: 8, stream: UInt64(index))
    let (logits, target) = Self.sample([2, channels, 3, 3, 3], using: &generator)
    let before = try loss(logits, target: target)
    var changed = logits
    let ignored = target.scalars.indices.filter { target[$0] < 0 }
    #expect(!ignored.isEmpty)
    for voxel in ignored {
      for channel in 0..<channels {
        let offset = (voxel / 27 * channels + channel) * 27 + voxel % 27
        changed[offset] = Float(100 * generator.normal())
        #expect(before.gradient[offset] == 0)
      }
    }
    let after = try loss(changed, target: target)
    #expect(after.value == before.value)
    #expect(after.gradient.scalars == before.gradient.scalars)
  }

  @Test(arguments: all.indices)
  func allIgnoredIsZero(index: Int) throws {
    let (loss, channels) = Self.all[index]
    var generator = SeededGenerator(seed: 9, stream: UInt64(index))
    let (logits, _) = Self.sample([2, channels, 2, 2, 2], using: &generator)
    let (value, gradient) = try loss(logits, target: Tensor(repeating: -1, shape: [2, 1, 2, 2, 2]))
    #expect(value == 0)
    #expect(gradient.scalars.allSatisfy { $0 == 0 })
  }

  @Test(arguments: all.indices)
  func notANumberIsSeen(index: Int) throws {
    let (loss, channels) = Self.all[index]
    var generator = SeededGenerator(seed: 10, stream: UInt64(index))
    var (logits, target) = Self.sample([1, channels, 2, 2, 2], using: &generator)
    target[3] = 1
    for channel in 0..<channels { logits[channel * 8 + 3] = .nan }
    #expect(try loss(logits, target: target).value.isNaN)
  }

  @Test func perfectAndHopelessPredictions() throws {
    let target = Tensor([1, 1, 0, 0], shape: [1, 1, 1, 2, 2])
    let right = Tensor([1e4, 1e4, -1e4, -1e4], shape: [1, 1, 1, 2, 2])
    let wrong = Tensor(right.scalars.map { -$0 }, shape: right.shape)
    #expect(try DiceLoss.reproduction(right, target: target).value == 0)
    // 1 − (0 + 1) / (2 + 2 + 1)
    #expect(try DiceLoss.reproduction(wrong, target: target).value == 0.8)
    #expect(try BinaryCrossEntropyLoss()(right, target: target).value == 0)
    #expect(try BinaryCrossEntropyLoss()(wrong, target: target).value == 1e4)
    // Without smoothing an empty prediction of an empty target has no overlap to measure: 0.
    let empty = DiceLoss(denominator: .sum, smoothing: 0)
    let nothing = try empty(
      Tensor(repeating: -1e4, shape: target.shape), target: Tensor(zeros: target.shape))
    #expect(nothing.value == 0)
    #expect(nothing.gradient.scalars == [0, 0, 0, 0])
  }

  @Test func messages() throws {
    let logits = Tensor(zeros: [1, 1, 2, 2, 2])
    let pair = Tensor(zeros: [1, 2, 2, 2, 2])
    let target = Tensor(zeros: [1, 1, 2, 2, 2])
    func message(_ loss: any Loss, _ logits: Tensor, _ target: Tensor) -> String {
      do throws(ShapeError) { _ = try loss(logits, target: target) } catch {
        return error.description
      }
      return ""
    }
    #expect(
      message(DiceLoss.reproduction, logits, Tensor(zeros: [1, 1, 2, 2, 3]))
        == "Dice loss: expected a target of [1, 1, 2, 2, 2] for logits of [1, 1, 2, 2, 2], found [1, 1, 2, 2, 3]"
    )
    #expect(
      message(BinaryCrossEntropyLoss(), logits, Tensor(repeating: 255, shape: target.shape))
        == "binary cross-entropy: expected targets from 0 to 1, or negative to ignore a voxel, found 255.0"
    )
    for wrong in [2, 0.5, .infinity, .nan] as [Float] {
      #expect(
        message(CrossEntropyLoss(), pair, Tensor(repeating: wrong, shape: target.shape))
          == "cross-entropy: expected classes from 0 to 1, or negative to ignore a voxel, found \(wrong)"
      )
    }
    #expect(
      message(BinaryCrossEntropyLoss(), pair, target).contains("expected one channel"))
    #expect(message(CrossEntropyLoss(), logits, target).contains("expected two or more channels"))
    #expect(
      message(CrossEntropyLoss(classWeights: [1, 2, 3]), pair, target).contains(
        "expected 3 channels"))
  }
}

import Compute
import Foundation
import Tensors
import TestSupport
import Testing

/// Max pooling against PyTorch, to the bit (`Fixtures/max-pooling/make.py`).
@Suite struct MaxPoolingTests {
  @Test(arguments: ["even", "odd", "wide", "negative", "ties", "constant"])
  func outputAndGradientEqualPyTorch(name: String) throws {
    let file = try Fixture.load("max-pooling/\(name)", bundle: .module)
    let input = try file.tensor("input")
    let (output, indices) = try MaxPooling.forward(input)
    #expect(try largestDifference(output, file.tensor("output")) == 0)
    #expect(try MaxPooling.predict(input).isIdentical(to: output))
    let gradient = MaxPooling.inputGradient(try file.tensor("upstream"), indices: indices)
    #expect(try largestDifference(gradient, file.tensor("inputGradient")) == 0)
  }

  @Test func sameBitsForAnyThreadCount() throws {
    var generator = SeededGenerator(seed: 53)
    let input = Tensor.normal([2, 3, 9, 11, 13], using: &generator)
    let upstream = Tensor.normal([2, 3, 4, 5, 6], using: &generator)
    let isEqual = try isEqualForAnyThreadCount {
      let (output, indices) = try MaxPooling.forward(input)
      return [output.bits, MaxPooling.inputGradient(upstream, indices: indices).bits]
    }
    #expect(isEqual)
  }

  /// NaN passes through the pooling, so that a diverged network is noticed.
  @Test(arguments: 0..<8) func notANumberIsKept(at voxel: Int) throws {
    var input = Tensor(repeating: 1, shape: [1, 1, 2, 2, 2])
    input[voxel] = .nan
    #expect(try MaxPooling.predict(input)[0].isNaN)
  }

  @Test func axisShorterThanTheWindowIsRefused() {
    let error = #expect(throws: ShapeError.self) {
      try MaxPooling.predict(Tensor(zeros: [1, 1, 4, 1, 4]))
    }
    #expect(error?.description.contains("found 4×1×4") == true)
  }
}

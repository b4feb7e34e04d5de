import Compute
import Tensors
import TestSupport
import Testing

/// Mirror padding and cropping, by their definitions and their adjoints.
@Suite struct PaddingTests {
  @Test func mirrorsWithoutRepeatingTheLastVoxel() throws {
    let x = Tensor([1, 2, 3], shape: [1, 1, 1, 1, 3])
    let padded = try Padding.mirror(x, to: [1, 2, 9])
    #expect(padded.scalars == [1, 2, 3, 2, 1, 2, 3, 2, 1, 1, 2, 3, 2, 1, 2, 3, 2, 1])
  }

  @Test func cropUndoesMirror() throws {
    var generator = SeededGenerator(seed: 67)
    let x = Tensor.normal([2, 3, 3, 1, 5], using: &generator)
    let padded = try Padding.mirror(x, to: [4, 4, 8])
    #expect(padded.shape == [2, 3, 4, 4, 8])
    #expect(try Padding.crop(padded, to: [3, 1, 5]).isIdentical(to: x))
    #expect(try Padding.mirror(x, to: [3, 1, 5]).isIdentical(to: x))
  }

  /// ⟨P x, y⟩ = ⟨x, Pᵀ y⟩; each input voxel has at most 4·4·3 copies.
  @Test func gradientsAreAdjoint() throws {
    var generator = SeededGenerator(seed: 71)
    let x = Tensor.normal([2, 3, 3, 1, 5], using: &generator)
    let y = Tensor.normal([2, 3, 4, 4, 8], using: &generator)
    let mirrored = try Padding.mirror(x, to: [4, 4, 8])
    let tolerance = Tolerance.sum(terms: 48, magnitude: mirrored.magnitudes.dot(y.magnitudes))
    let back = try Padding.mirrorGradient(y, extents: [3, 1, 5])
    #expect(abs(mirrored.dot(y) - x.dot(back)) <= tolerance)
    let cropped = try Padding.crop(y, to: [3, 1, 5])
    let spread = try Padding.cropGradient(x, extents: [4, 4, 8])
    #expect(abs(cropped.dot(x) - y.dot(spread)) <= tolerance)
  }

  @Test func wrongDirectionIsRefused() {
    let x = Tensor(zeros: [1, 1, 4, 4, 4])
    #expect(throws: ShapeError.self) { try Padding.mirror(x, to: [4, 4, 3]) }
    #expect(throws: ShapeError.self) { try Padding.crop(x, to: [4, 5, 4]) }
  }
}

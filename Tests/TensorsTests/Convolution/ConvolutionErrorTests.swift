import Compute
import Tensors
import Testing

/// Shapes that do not fit are refused with a message that states what was expected and found.
@Suite struct ConvolutionErrorTests {
  @Test func geometryRefusesWhatCannotBe() {
    #expect(throws: ShapeError.self) { try ConvolutionGeometry(kernel: [0, 3, 3]) }
    #expect(throws: ShapeError.self) { try ConvolutionGeometry(kernel: 3, stride: [1, 0, 1]) }
    #expect(throws: ShapeError.self) { try ConvolutionGeometry(kernel: 3, padding: [0, 0, -1]) }
    #expect(throws: ShapeError.self) { try ConvolutionGeometry(kernel: 3, dilation: 0) }
    #expect(throws: ShapeError.self) { try ConvolutionGeometry.same(kernel: 4) }
  }

  @Test func windowLargerThanInputIsRefused() throws {
    let geometry = try ConvolutionGeometry(kernel: 3, dilation: [2, 1, 1])
    #expect(try geometry.output(for: [5, 3, 4]) == [1, 1, 2])
    let error = #expect(throws: ShapeError.self) { try geometry.output(for: [4, 3, 4]) }
    #expect(error?.description.contains("found 4×3×4") == true)
  }

  @Test func tensorsThatDoNotFitAreRefused() throws {
    let geometry = try ConvolutionGeometry.same(kernel: 3)
    let input = Tensor(zeros: [1, 2, 4, 4, 4])
    func forward(_ input: Tensor, weight: Shape, bias: Shape) throws(ShapeError) -> Tensor {
      var workspace = Workspace()
      return try Convolution.forward(
        input, weight: Tensor(zeros: weight), bias: Tensor(zeros: bias), geometry: geometry,
        workspace: &workspace)
    }
    #expect(try forward(input, weight: [5, 2, 3, 3, 3], bias: [5]).shape == [1, 5, 4, 4, 4])
    #expect(throws: ShapeError.self) { try forward(input, weight: [5, 3, 3, 3, 3], bias: [5]) }
    #expect(throws: ShapeError.self) { try forward(input, weight: [5, 2, 3, 3, 1], bias: [5]) }
    #expect(throws: ShapeError.self) { try forward(input, weight: [5, 2, 3, 3, 3], bias: [4]) }
    #expect(throws: ShapeError.self) {
      try forward(Tensor(zeros: [2, 4, 4, 4]), weight: [5, 2, 3, 3, 3], bias: [5])
    }
    #expect(throws: ShapeError.self) {
      var workspace = Workspace()
      return try Convolution.inputGradient(
        Tensor(zeros: [1, 5, 4, 4, 3]), weight: Tensor(zeros: [5, 2, 3, 3, 3]),
        extents: [4, 4, 4], geometry: geometry, workspace: &workspace)
    }
    #expect(throws: ShapeError.self) {
      var workspace = Workspace()
      return try Convolution.weightGradient(
        Tensor(zeros: [2, 5, 4, 4, 4]), input: input, geometry: geometry, workspace: &workspace)
    }
  }
}

import Compute
import Foundation
import Tensors
import TestSupport
import Testing

/// Concatenation and split along the channels.
@Suite struct ChannelsTests {
  @Test func concatenationEqualsPyTorch() throws {
    let file = try Fixture.load("concatenation/concatenation", bundle: .module)
    let (first, second) = (try file.tensor("first"), try file.tensor("second"))
    let joined = try Channels.concatenate(first, second)
    #expect(try largestDifference(joined, file.tensor("output")) == 0)
    let parts = try Channels.split(joined, at: first.shape.channels)
    #expect(largestDifference(parts.first, first) == 0)
    #expect(largestDifference(parts.rest, second) == 0)
  }

  @Test func otherExtentsAreRefused() {
    let first = Tensor(zeros: [1, 2, 4, 4, 4])
    for shape: Shape in [[1, 2, 4, 4, 3], [2, 2, 4, 4, 4], [2, 4, 4, 4]] {
      #expect(throws: ShapeError.self) { try Channels.concatenate(first, Tensor(zeros: shape)) }
    }
    #expect(throws: ShapeError.self) { try Channels.split(first, at: 2) }
    #expect(throws: ShapeError.self) { try Channels.split(first, at: 0) }
  }
}

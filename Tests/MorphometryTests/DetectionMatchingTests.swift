import Compute
import Morphometry
import Testing

/// Detection scores from arrangements whose answer is plain.
@Suite struct DetectionMatchingTests {
  private func line(_ x: [Double]) -> [PhysicalPoint] { x.map { PhysicalPoint(z: 1, y: 2, x: $0) } }

  @Test func scoresOfAHandMadeCase() throws {
    let matching = DetectionMatching(
      predictions: line([0.5, 10, 50]), truth: line([0, 11, 20, 30]), radius: 2)
    #expect(matching.truePositives == 2)
    #expect(matching.falsePositives == 1)
    #expect(matching.falseNegatives == 2)
    #expect(matching.precision == 2.0 / 3)
    #expect(matching.recall == 0.5)
    #expect(matching.f1 == 4.0 / 7)
    #expect(matching.pairs.map(\.prediction) == [0, 1])
    #expect(matching.pairs.map(\.truth) == [0, 1])
    #expect(matching.pairs.map(\.distance) == [0.5, 1])
  }

  /// Greedy pairing of the nearest takes (1, 1.4) and leaves 0 and 3 apart: one pair instead of
  /// two.
  @Test func asManyPairsAsPossible() {
    let matching = DetectionMatching(
      predictions: line([1, 3]), truth: line([1.4, 0]), radius: 1.7)
    #expect(matching.pairs.map(\.truth) == [1, 0])
    #expect(matching.f1 == 1)
  }

  @Test func leastTotalDistanceOfThose() {
    let matching = DetectionMatching(
      predictions: line([0, 2, 4]), truth: line([3.9, 0.2, 1.8]), radius: 10)
    #expect(matching.pairs.map(\.truth) == [1, 2, 0])
  }

  @Test func radiusIsInclusiveAndEuclidean() {
    let origin = [PhysicalPoint(z: 0, y: 0, x: 0)]
    let point = [PhysicalPoint(z: 2, y: 3, x: 6)]
    #expect(DetectionMatching(predictions: origin, truth: point, radius: 7).truePositives == 1)
    #expect(DetectionMatching(predictions: origin, truth: point, radius: 6.999).pairs.isEmpty)
  }

  @Test func emptySetsHaveScores() {
    let some = line([1, 2])
    let both = DetectionMatching(predictions: [], truth: [], radius: 5)
    #expect([both.precision, both.recall, both.f1] == [1, 1, 1])
    #expect(both.pairs.isEmpty)
    let nothingFound = DetectionMatching(predictions: [], truth: some, radius: 5)
    #expect([nothingFound.precision, nothingFound.recall, nothingFound.f1] == [0, 0, 0])
    let nothingThere = DetectionMatching(predictions: some, truth: [], radius: 5)
    #expect([nothingThere.precision, nothingThere.recall, nothingThere.f1] == [0, 0, 0])
    #expect(nothingThere.falsePositives == 2)
  }

  /// Moved points are found whatever their order; points out of reach are not.
  @Test(arguments: 0..<10) func orderDoesNotMatter(seed: Int) {
    var generator = SeededGenerator(seed: 127, stream: UInt64(seed))
    // A grid of 10 µm, jittered by at most 1 µm per axis: neighbors stay beyond the radius.
    let truth = (0..<27).map { (index) -> PhysicalPoint in
      let (z, y, x) = (index / 9, index / 3 % 3, index % 3)
      return PhysicalPoint(z: Double(10 * z), y: Double(10 * y), x: Double(10 * x))
    }
    let found = truth.shuffled(using: &generator).prefix(20).map { (point) -> PhysicalPoint in
      var moved = point
      moved.z += generator.uniform(in: -1...1)
      moved.y += generator.uniform(in: -1...1)
      moved.x += generator.uniform(in: -1...1)
      return moved
    }
    let spurious = (0..<6).map { PhysicalPoint(z: 100, y: Double(10 * $0), x: 0) }
    let matching = DetectionMatching(
      predictions: (found + spurious).shuffled(using: &generator), truth: truth, radius: 5)
    #expect(matching.truePositives == 20)
    #expect(matching.f1 == 40.0 / (26 + 27))
  }
}

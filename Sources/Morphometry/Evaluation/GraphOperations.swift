/// What it takes to turn a predicted graph of nuclei into the true one: the operations that AOGM
/// weighs.
///
/// Vertices are nuclei in a frame, edges lead from a nucleus to itself in the next frame and from a
/// mother to her daughters. Matula et al., "Cell tracking accuracy measurement based on comparison
/// of acyclic oriented graphs", PLoS ONE 10 (2015). A true nucleus is found by the prediction that
/// covers more than half of it.
package struct GraphOperations: Hashable, Sendable, AdditiveArithmetic {
  /// NS: true nuclei beyond the first in a prediction that holds several, which must be split off.
  package var splits = 0
  /// FN: true nuclei that no prediction covers by more than half.
  package var falseNegatives = 0
  /// FP: predictions that cover no true nucleus by more than half.
  package var falsePositives = 0
  /// ED: predicted edges, between nuclei found one to one, that the truth has not.
  package var redundantEdges = 0
  /// EA: true edges that the prediction has not.
  package var missingEdges = 0
  /// EC: edges in both graphs that are a track's in one and a division's in the other.
  package var wrongEdges = 0
  /// The vertices of the truth.
  package var truthVertices = 0
  /// The edges of the truth.
  package var truthEdges = 0

  /// No operations on an empty graph.
  package static let zero = GraphOperations()

  /// No operations on an empty graph.
  package init() {}

  /// The operations on vertices that one frame needs.
  package init(_ overlap: LabelOverlap) {
    var found = [Int](repeating: 0, count: overlap.prediction.count)
    for pair in overlap.pairs where overlap.coversMoreThanHalf(pair) { found[pair.prediction] += 1 }
    truthVertices = overlap.truth.count
    falseNegatives = truthVertices - found.reduce(0, +)
    falsePositives = found.count { $0 == 0 }
    splits = found.reduce(0) { $0 + max(0, $1 - 1) }
  }

  /// The weighted sum of the operations on vertices: 5 NS + 10 FN + 1 FP.
  package var vertexCost: Double {
    Double(5 * splits + 10 * falseNegatives + falsePositives)
  }

  /// AOGM, the weighted sum of all operations: those on vertices + 1 ED + 1.5 EA + 1 EC.
  package var cost: Double {
    vertexCost + Double(redundantEdges + wrongEdges) + 1.5 * Double(missingEdges)
  }

  /// DET = 1 − min(AOGM-D, AOGM-D₀) / AOGM-D₀, AOGM-D₀ the cost of making all vertices. Without
  /// vertices in the truth: 1 if nothing was predicted, else 0.
  package var detection: Double { measure(vertexCost, Double(10 * truthVertices)) }

  /// TRA = 1 − min(AOGM, AOGM₀) / AOGM₀, AOGM₀ the cost of making the true graph from nothing.
  /// Without vertices in the truth: 1 if nothing was predicted, else 0.
  package var tracking: Double {
    measure(cost, Double(10 * truthVertices) + 1.5 * Double(truthEdges))
  }

  private func measure(_ cost: Double, _ whole: Double) -> Double {
    whole > 0 ? 1 - min(cost, whole) / whole : cost > 0 ? 0 : 1
  }

  /// The operations of both.
  package static func + (a: Self, b: Self) -> Self { combined(a, b, +) }

  /// The operations of the first without those of the second.
  package static func - (a: Self, b: Self) -> Self { combined(a, b, -) }

  private static func combined(_ a: Self, _ b: Self, _ combine: (Int, Int) -> Int) -> Self {
    var result = Self()
    result.splits = combine(a.splits, b.splits)
    result.falseNegatives = combine(a.falseNegatives, b.falseNegatives)
    result.falsePositives = combine(a.falsePositives, b.falsePositives)
    result.redundantEdges = combine(a.redundantEdges, b.redundantEdges)
    result.missingEdges = combine(a.missingEdges, b.missingEdges)
    result.wrongEdges = combine(a.wrongEdges, b.wrongEdges)
    result.truthVertices = combine(a.truthVertices, b.truthVertices)
    result.truthEdges = combine(a.truthEdges, b.truthEdges)
    return result
  }
}

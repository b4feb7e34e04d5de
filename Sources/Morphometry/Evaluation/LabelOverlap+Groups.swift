extension LabelOverlap {
  /// Objects that hang together through shared voxels: a connected component of the bipartite graph
  /// of pairs.
  struct Group {
    /// Indices of true objects.
    var truth: [Int] = []
    /// Indices of predicted objects.
    var prediction: [Int] = []
    /// The pairs, with the index of each one's true and predicted object in the lists above.
    var pairs: [(truth: Int, prediction: Int, pair: Pair)] = []
  }

  /// The groups, ordered by their first true object.
  var groups: [Group] {
    // Union–find over true objects; predictions join those they overlap.
    var parent = Array(truth.indices)
    func root(_ start: Int) -> Int {
      var index = start
      while parent[index] != index {
        parent[index] = parent[parent[index]]
        index = parent[index]
      }
      return index
    }
    var firstTruth = [Int?](repeating: nil, count: prediction.count)
    for pair in pairs {
      guard let first = firstTruth[pair.prediction] else {
        firstTruth[pair.prediction] = pair.truth
        continue
      }
      let (a, b) = (root(first), root(pair.truth))
      parent[max(a, b)] = min(a, b)
    }

    var groups: [Group] = []
    var groupOfRoot = [Int?](repeating: nil, count: truth.count)
    var placeOfTruth = [Int?](repeating: nil, count: truth.count)
    var placeOfPrediction = [Int?](repeating: nil, count: prediction.count)
    for pair in pairs {
      let top = root(pair.truth)
      let index = groupOfRoot[top] ?? groups.count
      if groupOfRoot[top] == nil {
        groupOfRoot[top] = index
        groups.append(Group())
      }
      let row = placeOfTruth[pair.truth] ?? groups[index].truth.count
      if placeOfTruth[pair.truth] == nil {
        placeOfTruth[pair.truth] = row
        groups[index].truth.append(pair.truth)
      }
      let column = placeOfPrediction[pair.prediction] ?? groups[index].prediction.count
      if placeOfPrediction[pair.prediction] == nil {
        placeOfPrediction[pair.prediction] = column
        groups[index].prediction.append(pair.prediction)
      }
      groups[index].pairs.append((row, column, pair))
    }
    return groups
  }
}

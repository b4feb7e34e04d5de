extension GraphOperations {
  /// A nucleus in a frame.
  private struct Vertex: Hashable {
    let frame: Int
    let label: UInt32
  }

  /// From a nucleus to itself in the next frame, or from a mother to a daughter.
  private struct Edge: Hashable {
    let from: Vertex
    let to: Vertex
  }

  /// All operations that a tracked series needs.
  ///
  /// Labels are those of the tracks. A track has an edge between neighboring frames in which its
  /// label is there; a division has one from the last frame of the mother to the first of the
  /// daughter. Edges of the prediction count where both ends are found one to one.
  ///
  /// - Parameters:
  ///   - frames: the overlap in each frame, without gaps.
  ///   - prediction: the tracks of the predicted labels, which fit them
  ///     (``TrackTable/check(labels:path:)``).
  ///   - truth: the tracks of the true labels, which fit them.
  ///   - predictionStart: the number of the first of these frames in the predicted tracks.
  ///   - truthStart: the number of the first of these frames in the true tracks.
  package init(
    frames: [LabelOverlap], prediction: TrackTable, truth: TrackTable, predictionStart: Int = 0,
    truthStart: Int = 0
  ) {
    self = frames.reduce(into: .zero) { $0 += GraphOperations($1) }
    var divisions: [Edge: Bool] = [:]
    for (edge, isDivision) in Self.edges(
      frames.map { $0.truth.map(\.label) }, truth, start: truthStart)
    {
      divisions[edge] = isDivision
    }
    truthEdges = divisions.count
    missingEdges = truthEdges

    let partners = frames.map(\.uniquePartners)
    for (edge, isDivision) in Self.edges(
      frames.map { $0.prediction.map(\.label) }, prediction, start: predictionStart)
    {
      guard let from = partners[edge.from.frame][edge.from.label],
        let to = partners[edge.to.frame][edge.to.label]
      else { continue }
      let own = Edge(
        from: Vertex(frame: edge.from.frame, label: from),
        to: Vertex(frame: edge.to.frame, label: to))
      if let expected = divisions[own] {
        missingEdges -= 1
        if expected != isDivision { wrongEdges += 1 }
      } else {
        redundantEdges += 1
      }
    }
  }

  /// The edges of a graph, each with whether it is a division.
  private static func edges(
    _ labels: [[UInt32]], _ tracks: TrackTable, start: Int
  ) -> [(edge: Edge, isDivision: Bool)] {
    let present = labels.map { Set($0) }
    var edges: [(Edge, Bool)] = []
    for frame in labels.indices.dropLast() {
      for label in labels[frame] where present[frame + 1].contains(label) {
        let from = Vertex(frame: frame, label: label)
        edges.append((Edge(from: from, to: Vertex(frame: frame + 1, label: label)), false))
      }
    }
    for track in tracks.tracks {
      guard let parent = track.parent.flatMap({ tracks[$0] }) else { continue }
      let (first, last) = (track.firstFrame - start, parent.lastFrame - start)
      guard present.indices.contains(first), present.indices.contains(last),
        present[first].contains(track.label), present[last].contains(parent.label)
      else { continue }
      let from = Vertex(frame: last, label: parent.label)
      let to = Vertex(frame: first, label: track.label)
      edges.append((Edge(from: from, to: to), true))
    }
    return edges
  }
}

extension LabelOverlap {
  /// For each predicted label that covers exactly one true object by more than half, that one's
  /// label.
  fileprivate var uniquePartners: [UInt32: UInt32] {
    var counts = [Int](repeating: 0, count: prediction.count)
    for pair in pairs where coversMoreThanHalf(pair) { counts[pair.prediction] += 1 }
    var partners: [UInt32: UInt32] = [:]
    for pair in pairs where coversMoreThanHalf(pair) && counts[pair.prediction] == 1 {
      partners[prediction[pair.prediction].label] = truth[pair.truth].label
    }
    return partners
  }
}

import Compute

/// The order of frames in the tables of a job: by series, then by time.
package struct JobOrder: Hashable, Sendable {
  private let names: [String]
  private let ranks: [String: Int]

  /// The order of these series; others, of earlier runs, stand behind them in natural order.
  package init(series: [String]) {
    names = series
    ranks = Dictionary(series.enumerated().map { ($1, $0) }, uniquingKeysWith: { a, _ in a })
  }

  /// Records in order.
  func sorted(_ records: some Sequence<JobRecord>) -> [JobRecord] {
    records.sorted { a, b in
      let (first, second) = (rank(a.series), rank(b.series))
      if first != second { return first < second }
      if a.series != b.series { return NaturalOrder.precedes(a.series, b.series) }
      return a.time == b.time ? a.name < b.name : a.time < b.time
    }
  }

  /// All series: those of this run, and those of records.
  func series(of sorted: [JobRecord]) -> [String] {
    var result = names
    for record in sorted where ranks[record.series] == nil && result.last != record.series {
      result.append(record.series)
    }
    return result
  }

  private func rank(_ series: String) -> Int { ranks[series] ?? Int.max }
}

import ArgumentParser
import Foundation
import Morphometry

/// The bins of `--stages`: `1-2,3-4,5-8,9-`.
struct StageList: ExpressibleByArgument {
  let stages: [Stage]

  init(stages: [Stage]) { self.stages = stages }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let stages = parts.compactMap {
      Stage(text: $0.trimmingCharacters(in: .whitespaces))
    }
    guard stages.count == parts.count else { return nil }
    for (index, stage) in stages.enumerated() {
      for other in stages[..<index] where other.overlaps(stage) { return nil }
    }
    self.stages = stages
  }

  var defaultValueDescription: String { stages.map(\.description).joined(separator: ",") }
}

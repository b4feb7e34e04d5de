import ArgumentParser

/// The scalings that imported models may have had.
enum ImportScaling: String, ExpressibleByArgument, CaseIterable {
  case minMax = "min_max"
  case none

  static var allValueDescriptions: [String: String] {
    [minMax.rawValue: "from 0 to 1, each volume by its own range", none.rawValue: "not at all"]
  }
}

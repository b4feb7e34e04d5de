/// What the tags XResolution, YResolution and ResolutionUnit of a page say.
struct TIFFResolution: Hashable, Sendable {
  /// What ResolutionUnit can say.
  enum Unit: Int, Sendable {
    case none = 1
    case inch = 2
    case centimeter = 3

    /// How many µm the unit has.
    var micrometers: Double? {
      switch self {
      case .none: nil
      case .inch: 25_400
      case .centimeter: 10_000
      }
    }

    /// The unit as its own name.
    var name: String {
      switch self {
      case .none: "none"
      case .inch: "inch"
      case .centimeter: "cm"
      }
    }
  }

  /// One of the two numbers: as text for messages, and as what it means, nil where it is not above 0.
  struct Edge: Hashable, Sendable {
    var text: String
    var density: PixelDensity?
  }

  /// Pixels per unit along x, nil where not stated.
  var x: Edge?
  /// Pixels per unit along y, nil where not stated.
  var y: Edge?
  /// The unit, nil where none is stated.
  var unit: Unit?

  /// Resolutions from stored fractions.
  init(x: Fraction?, y: Fraction?, unit: Int?) {
    let largest = max(x?.numerator ?? 0, y?.numerator ?? 0)
    let isPair = x?.denominator == y?.denominator
    func step(_ fraction: Fraction) -> Double? {
      let denominator = fraction.denominator
      // ImageJ cuts both numbers to millionths, or to what makes the larger one fill a signed 32-bit
      // integer. Others cancel the fraction.
      if denominator == 1_000_000 { return 1e-6 }
      let limit = UInt64(Int32.max)
      if isPair, denominator > 1, largest <= limit, largest + largest / denominator + 1 >= limit {
        return 1 / Double(denominator)
      }
      let isCanceled =
        denominator > 1000 && 1_000_000 % denominator == 0
        && ![10_000, 100_000].contains(denominator)
      return isCanceled ? 1e-6 : nil
    }
    func edge(_ fraction: Fraction?) -> Edge? {
      fraction.map {
        Edge(
          text: "\($0.numerator)/\($0.denominator)",
          density: PixelDensity(
            numerator: $0.numerator, denominator: $0.denominator, unit: step($0)))
      }
    }
    self.x = edge(x)
    self.y = edge(y)
    self.unit = unit.flatMap(Unit.init)
  }

  /// A stored fraction.
  struct Fraction: Hashable, Sendable {
    var numerator: UInt64
    var denominator: UInt64
  }
}

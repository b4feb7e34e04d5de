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
  ///
  /// ImageJ cuts both after the same unit: a millionth, or what makes the larger one fill a signed
  /// 32-bit integer.
  init(x: Fraction?, y: Fraction?, unit: Int?) {
    var isCut = false
    if let first = x ?? y, first.denominator > 0,
      (x ?? first).denominator == (y ?? first).denominator
    {
      let largest = max(x?.numerator ?? 0, y?.numerator ?? 0)
      let (limit, unit) = (UInt64(Int32.max), first.denominator)
      isCut =
        unit == 1_000_000
        || (unit > 1 && largest <= limit && largest + largest / unit + 1 >= limit)
    }
    func edge(_ fraction: Fraction?) -> Edge? {
      fraction.map {
        Edge(
          text: "\($0.numerator)/\($0.denominator)",
          density: PixelDensity(
            numerator: $0.numerator, denominator: $0.denominator, isCut: isCut))
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

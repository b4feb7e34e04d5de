/// The physical scale of an ImageJ stack, by the rules of ImageJ's `TiffDecoder` and `FileOpener`:
///
/// - XResolution and YResolution are pixels per `unit` of the text, whatever ResolutionUnit says.
/// - If ResolutionUnit is cm and the text says exactly `unit=um`, they are pixels per cm: that is how
///   Micro-Manager writes them.
/// - 72 pixels per inch are no scale.
/// - `spacing` is in `unit`, too; ImageJ leaves it out where it is 1. If pixels are at most 0.0001 cm
///   wide and `unit=cm`, a spacing of 1 is one of µm.
///
/// ImageJ takes 1 for a number that is missing or cannot be read; here it is unknown.
struct ImageJScale {
  private(set) var calibration = Calibration.none
  /// What the user should know, one line each.
  private(set) var notes: [String] = []
  /// Why an edge is unknown although something is stated.
  private var doubts: [String] = []

  private let values: JavaProperties
  private let resolution: TIFFResolution

  init(_ values: JavaProperties, _ resolution: TIFFResolution, isStack: Bool) {
    self.values = values
    self.resolution = resolution
    let unit = factor("unit")
    let planar = planarUnits(unit)
    let x = planar.flatMap { length(resolution.x, "XResolution", $0) }
    let y = planar.flatMap { length(resolution.y, "YResolution", $0) }
    calibration = Calibration(
      x: PhysicalUnit.convert(x, unit), y: PhysicalUnit.convert(y, factor("yunit", or: unit)),
      z: depth(unit, pixel: x, isStack: isStack), frameInterval: interval(), source: .imageJ)
    calibration.doubts = doubts
  }

  /// How many µm the unit under a key has: `usual` where it is not stated, nil where it is not
  /// understood.
  private mutating func factor(_ key: String, or usual: Double? = nil) -> Double? {
    guard let name = values[key], !name.isEmpty else { return usual }
    guard let unit = PhysicalUnit.length(name) else {
      doubts.append("\(key) '\(name)' is not understood as a length")
      return nil
    }
    if unit.isRepaired { notes.append("\(key) '\(name)' is read as \(unit.name)") }
    return unit.factor
  }

  /// How many of the text's units the resolution's unit has; nil where the resolution is no scale.
  private mutating func planarUnits(_ unit: Double?) -> Double? {
    guard let stated = resolution.unit, let size = stated.micrometers else { return 1 }
    let name = values["unit"] ?? ""
    if stated == .centimeter, name == "um" { return 10_000 }
    if stated == .inch, resolution.x?.density?.value == 72 {
      doubts.append("72 pixels per inch are what programs write without a scale")
      return nil
    }
    guard let unit else {
      if name.isEmpty {
        doubts.append("ResolutionUnit is \(stated.name), but ImageJ's description has no unit")
      }
      return 1
    }
    if unit != size, let density = resolution.x?.density {
      notes.append(
        "ResolutionUnit is \(stated.name) where ImageJ's description says unit=\(name): read as "
          + "ImageJ does, \(density.value) pixels per \(name)")
    }
    return 1
  }

  /// The length of a pixel in units of the text, `units` of which are in the resolution's unit.
  private mutating func length(
    _ edge: TIFFResolution.Edge?, _ tag: String, _ units: Double
  ) -> Double? {
    guard let edge else { return nil }
    guard let density = edge.density else {
      doubts.append("\(tag) \(edge.text) is not a number above 0")
      return nil
    }
    return PhysicalUnit.convert(density.length, units)
  }

  /// The distance of planes in µm; `unit` has so many µm, and `pixel` is the width of a pixel in it.
  private mutating func depth(_ unit: Double?, pixel: Double?, isStack: Bool) -> Double? {
    guard let spacing = spacing(isStack: isStack) else { return nil }
    if spacing == 1, values["unit"] == "cm", let pixel, pixel <= 1e-4 {
      notes.append("a spacing of 1 beside pixels of \(pixel) cm is read as ImageJ does, 1 µm")
      return 1
    }
    return PhysicalUnit.convert(spacing, factor("zunit", or: unit))
  }

  /// The distance of planes in units of the text.
  ///
  /// ImageJ leaves out a spacing of 1. Others leave it out where they do not know it, so its absence
  /// means 1 only beneath the signature of a version of ImageJ.
  private mutating func spacing(isStack: Bool) -> Double? {
    guard let text = values["spacing"] else { return isStack && isImageJItself ? 1 : nil }
    guard let number = JavaProperties.number(text), number != 0 else {
      doubts.append("spacing '\(text)' is not a number above 0")
      return nil
    }
    return abs(number)
  }

  /// Whether the signature is that of a version of ImageJ: `1.53t`, or `2.0.0-rc-69/1.52p`.
  ///
  /// tifffile and others sign as 1.11a, a version that is older than such descriptions.
  private var isImageJItself: Bool {
    guard let signature = values["ImageJ"], signature != "1.11a" else { return false }
    let version = Array((signature.split(separator: "/").last ?? "").utf8)
    func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
    return version.count >= 5 && version.starts(with: "1.".utf8)
      && version[2..<4].allSatisfy(isDigit) && 0x61...0x7A ~= version[4]
      && version[5...].allSatisfy(isDigit)
  }

  /// Seconds from frame to frame; ImageJ writes 0 for unknown.
  private mutating func interval() -> Double? {
    guard let text = values["finterval"] else { return nil }
    guard let number = JavaProperties.number(text) else {
      notes.append("the frame interval is unknown: finterval '\(text)' is not a number")
      return nil
    }
    let unit = values["tunit"].flatMap { $0.isEmpty ? nil : $0 } ?? "sec"
    guard let factor = PhysicalUnit.seconds(unit) else {
      if number != 0 {
        notes.append("the frame interval is unknown: tunit '\(unit)' is not understood")
      }
      return nil
    }
    let interval = PhysicalUnit.convert(number, factor)
    if let doubt = Calibration.doubt(ofInterval: interval) { notes.append(doubt) }
    return interval
  }
}

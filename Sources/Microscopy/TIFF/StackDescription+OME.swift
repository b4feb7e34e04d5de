import Foundation

extension StackDescription {
  /// Why OME-XML cannot be followed.
  struct OMEProblem: Error {
    var expected: String
    var found: String
    var advice: String
  }

  /// Reads the first image of OME-XML; nil where the text is not OME-XML or holds no pixels (the
  /// metadata then live in another file).
  init?(ome text: String) throws(OMEProblem) {
    // Some writers begin with a byte-order mark or blanks.
    let body = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    guard body.hasPrefix("<"), body.contains("<OME") || body.contains(":OME") else { return nil }
    let document = OMEDocument(body)
    if let problem = document.problem {
      throw OMEProblem(
        expected: "well-formed OME-XML", found: problem,
        advice: Self.saveAgain)
    }
    guard let pixels = document.pixels else { return nil }

    func count(_ key: String) throws(OMEProblem) -> Int {
      guard let value = pixels[key].flatMap({ Int($0) }), value > 0 else {
        throw OMEProblem(
          expected: "a positive \(key) in the OME-XML", found: pixels[key] ?? "none",
          advice: Self.saveAgain)
      }
      return value
    }
    dialect = .ome
    frame = (try count("SizeX"), try count("SizeY"))
    let order = pixels["DimensionOrder"] ?? "XYZCT"
    let names = order.lowercased().dropFirst(2).compactMap { StackAxis(rawValue: String($0)) }
    guard order.hasPrefix("XY"), Set(names) == Set(StackAxis.allCases), names.count == 3 else {
      throw OMEProblem(
        expected: "a DimensionOrder such as XYZCT", found: order,
        advice: Self.saveAgain)
    }
    // DimensionOrder names the fastest axis first.
    for axis in names.reversed() {
      axes.append((axis, try count("Size\(axis.rawValue.uppercased())")))
    }
    calibration = Self.calibration(pixels)
    planes = try planes(document.tiffData)
  }

  private static func calibration(_ pixels: [String: String]) -> Calibration {
    func length(_ axis: String) -> Double? {
      PhysicalUnit.convert(
        pixels["PhysicalSize\(axis)"].flatMap { Double($0) },
        PhysicalUnit.micrometers(pixels["PhysicalSize\(axis)Unit"] ?? "µm"))
    }
    let interval = PhysicalUnit.convert(
      pixels["TimeIncrement"].flatMap { Double($0) },
      PhysicalUnit.seconds(pixels["TimeIncrementUnit"] ?? "s"))
    return Calibration(
      x: length("X"), y: length("Y"), z: length("Z"), frameInterval: interval, source: .ome)
  }
}

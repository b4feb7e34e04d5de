import Compute
import Foundation

extension StackDescription {
  /// Why OME-XML cannot be followed.
  struct OMEProblem: Error {
    var expected: String
    var found: String
    var advice: Advice
  }

  /// Reads the first image of OME-XML; nil where the text is not OME-XML or holds no pixels.
  ///
  /// `samples` of a pixel count among the channels of OME, but are not pages.
  init?(ome text: String, samples: Int = 1) throws(OMEProblem) {
    // Some writers begin with a byte-order mark or blanks.
    let body = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    guard body.hasPrefix("<"), body.contains("<OME") || body.contains(":OME") else { return nil }
    // OME-XML needs no definitions of its own; a few of them could make gigabytes of text.
    guard !body.contains("<!DOCTYPE"), !body.contains("<!ENTITY") else {
      throw OMEProblem(
        expected: "OME-XML", found: "XML with definitions of its own (DOCTYPE)",
        advice: Self.saveAgain)
    }
    let document = OMEDocument(body)
    if let problem = document.problem {
      throw OMEProblem(
        expected: "well-formed OME-XML", found: problem,
        advice: Self.saveAgain)
    }
    if let file = document.metadataFile {
      throw OMEProblem(
        expected: "all metadata in this file", found: "a set whose metadata are in '\(file)'",
        advice: Self.saveAsOne)
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
      var length = try count("Size\(axis.rawValue.uppercased())")
      if axis == .c, samples > 1, length.isMultiple(of: samples) { length /= samples }
      axes.append((axis, length))
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

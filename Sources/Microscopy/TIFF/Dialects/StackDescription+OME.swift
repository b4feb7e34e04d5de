import Compute
import Foundation

extension StackDescription {
  /// Reads an image of OME-XML: the one in this file, else the first; nil where the text is not
  /// OME-XML or holds no pixels.
  ///
  /// `samples` of a pixel count among the channels of OME, but are not pages.
  init?(ome text: String, file: String = "", samples: Int = 1) throws(DescriptionProblem) {
    // Some writers begin with a byte-order mark or blanks.
    let body = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    guard body.hasPrefix("<"), body.contains("<OME") || body.contains(":OME") else { return nil }
    // OME-XML needs no definitions of its own; a few of them could make gigabytes of text.
    guard !body.contains("<!DOCTYPE"), !body.contains("<!ENTITY") else {
      throw DescriptionProblem(
        expected: "OME-XML", found: "XML with definitions of its own (DOCTYPE)")
    }
    let document = OMEDocument(body)
    if let problem = document.problem {
      throw DescriptionProblem(expected: "well-formed OME-XML", found: problem)
    }
    if let file = document.metadataFile {
      throw DescriptionProblem(
        expected: "all metadata in this file", found: "a set whose metadata are in '\(file)'",
        advice: DescriptionProblem.saveAsOne)
    }
    guard let index = document.index(inFile: file) else { return nil }
    let image = document.images[index]
    if document.images.count > 1 {
      let name = image.name.map { " ('\($0)')" } ?? ""
      notes.append(
        "the OME-XML describes \(document.images.count) images: number \(index + 1)\(name) is read")
    }
    dialect = .ome
    frame = (
      try Self.count("SizeX", image.pixels, isNeeded: true),
      try Self.count("SizeY", image.pixels, isNeeded: true)
    )
    axes = try Self.axes(image.pixels, samples: samples)
    calibration = scale(image.pixels)
    planes = try planes(image.tiffData, samples: samples)
    (channels, areLabels) = (image.channels, document.areLabels)
  }

  /// A size; 1 where an axis that the data have not is left out.
  private static func count(
    _ key: String, _ pixels: [String: String], isNeeded: Bool = false
  ) throws(DescriptionProblem) -> Int {
    guard let text = pixels[key] else {
      guard isNeeded else { return 1 }
      throw DescriptionProblem(expected: "a positive \(key) in the OME-XML", found: "none")
    }
    guard let value = Int(text.trimmingCharacters(in: .whitespaces)), value > 0 else {
      throw DescriptionProblem(expected: "a positive \(key) in the OME-XML", found: "'\(text)'")
    }
    return value
  }

  /// The axes of pages, the slowest first, by DimensionOrder, which names the fastest first.
  ///
  /// ilastik before 2018 left out the axes that its data have not, such as T in XYCZ.
  private static func axes(
    _ pixels: [String: String], samples: Int
  ) throws(DescriptionProblem) -> [(axis: StackAxis, count: Int)] {
    let order = pixels["DimensionOrder"] ?? "XYZCT"
    let letters = order.trimmingCharacters(in: .whitespaces).lowercased()
    let names = letters.dropFirst(2).compactMap { StackAxis(rawValue: String($0)) }
    guard letters.hasPrefix("xy"), names.count == letters.count - 2, Set(names).count == names.count
    else {
      throw DescriptionProblem(expected: "a DimensionOrder such as XYZCT", found: "'\(order)'")
    }
    var axes: [(axis: StackAxis, count: Int)] = []
    for axis in [.t, .c, .z].filter({ !names.contains($0) }) + names.reversed() {
      let key = "Size\(axis.rawValue.uppercased())"
      var length = try count(key, pixels)
      if axis == .c, samples > 1, length.isMultiple(of: samples) { length /= samples }
      guard names.contains(axis) || length == 1 else {
        throw DescriptionProblem(
          expected: "a DimensionOrder that names \(axis.rawValue.uppercased()), of which \(key) is "
            + "\(length)", found: "'\(order)'")
      }
      axes.append((axis, length))
    }
    return axes
  }

  /// The scale; what is stated and cannot be read is unknown and named.
  private mutating func scale(_ pixels: [String: String]) -> Calibration {
    var doubts: [String] = []
    func length(_ axis: String) -> Double? {
      let key = "PhysicalSize\(axis)"
      guard let text = pixels[key] else { return nil }
      guard let number = JavaProperties.number(text), number > 0 else {
        doubts.append("\(key) '\(text)' is not a number above 0")
        return nil
      }
      let name = pixels[key + "Unit"] ?? "µm"
      guard let unit = PhysicalUnit.length(name) else {
        doubts.append("\(key)Unit '\(name)' is not understood as a length")
        return nil
      }
      if unit.isRepaired { notes.append("\(key)Unit '\(name)' is read as \(unit.name)") }
      return PhysicalUnit.convert(number, unit.factor)
    }
    let (x, y, z) = (length("X"), length("Y"), length("Z"))
    var calibration = Calibration(x: x, y: y, z: z, frameInterval: interval(pixels), source: .ome)
    calibration.doubts = doubts
    return calibration
  }

  private mutating func interval(_ pixels: [String: String]) -> Double? {
    guard let text = pixels["TimeIncrement"] else { return nil }
    guard let number = JavaProperties.number(text) else {
      notes.append("the frame interval is unknown: TimeIncrement '\(text)' is not a number")
      return nil
    }
    let name = pixels["TimeIncrementUnit"] ?? "s"
    guard let unit = PhysicalUnit.seconds(name) else {
      notes.append("the frame interval is unknown: TimeIncrementUnit '\(name)' is not understood")
      return nil
    }
    let interval = PhysicalUnit.convert(number, unit)
    if let doubt = Calibration.doubt(ofInterval: interval) { notes.append(doubt) }
    return interval
  }
}

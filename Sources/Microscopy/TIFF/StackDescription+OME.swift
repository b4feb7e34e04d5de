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
    guard text.hasPrefix("<"), text.contains("<OME") || text.contains(":OME") else { return nil }
    let document = OMEDocument(text)
    if let problem = document.problem {
      throw OMEProblem(
        expected: "well-formed OME-XML", found: problem,
        advice: "save the file again with the program that made it")
    }
    guard let pixels = document.pixels else { return nil }

    func count(_ key: String) throws(OMEProblem) -> Int {
      guard let value = pixels[key].flatMap({ Int($0) }), value > 0 else {
        throw OMEProblem(
          expected: "a positive \(key) in the OME-XML", found: pixels[key] ?? "none",
          advice: "save the file again with the program that made it")
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
        advice: "save the file again with the program that made it")
    }
    // DimensionOrder names the fastest axis first.
    for axis in names.reversed() {
      axes.append((axis, try count("Size\(axis.rawValue.uppercased())")))
    }
    calibration = Self.calibration(pixels)
    planes = try Self.planes(document.tiffData, axes: axes)
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

  /// The map from planes to pages that TiffData elements make; nil where there are none.
  private static func planes(
    _ elements: [OMEDocument.TiffData], axes: [(axis: StackAxis, count: Int)]
  ) throws(OMEProblem) -> [Plane: Int]? {
    if elements.isEmpty { return nil }
    let total = axes.reduce(1.0) { $0 * Double($1.count) }
    // One element that says nothing: the pages in order.
    if elements.count == 1, elements[0].attributes.isEmpty, elements[0].fileName == nil {
      return nil
    }
    // Files beside this one hold part of the planes where several names occur.
    let files = Set(elements.map(\.fileName))
    guard files.count == 1, total <= 0x1p24 else {
      throw OMEProblem(
        expected: "all planes in this file",
        found: files.count > 1 ? "a set of \(files.count) files" : "\(total) planes",
        advice: "save the set as one OME-TIFF")
    }
    var planes: [Plane: Int] = [:]
    for element in elements {
      func number(_ key: String) throws(OMEProblem) -> Int? {
        guard let text = element.attributes[key] else { return nil }
        guard let value = Int(text), (0...1 << 24).contains(value) else {
          throw OMEProblem(
            expected: "a sensible \(key) in TiffData", found: text,
            advice: "save the file again with the program that made it")
        }
        return value
      }
      var place: [StackAxis: Int] = [:]
      for (axis, _) in axes { place[axis] = try number("First\(axis.rawValue.uppercased())") ?? 0 }
      let page = try number("IFD") ?? 0
      let isSingle = element.attributes["IFD"] != nil
      let count = try number("PlaneCount") ?? (isSingle ? 1 : Int(total))
      for step in 0..<count {
        let (t, z, c) = (place[.t] ?? 0, place[.z] ?? 0, place[.c] ?? 0)
        guard axes.allSatisfy({ (place[$0.axis] ?? 0) < $0.count }) else { break }
        planes[Plane(t: t, z: z, c: c)] = page + step
        // The next plane: the fastest axis first, carrying over to the slower ones.
        for (axis, length) in axes.reversed() {
          place[axis, default: 0] += 1
          if place[axis, default: 0] < length { break }
          if axis == axes[0].axis { break }
          place[axis] = 0
        }
      }
    }
    // Many elements may leave out planes that were never recorded, an error only where one is read;
    // a single one counts them all.
    guard elements.count > 1 || planes.count == Int(total) else {
      throw OMEProblem(
        expected: "\(Int(total)) planes as in the OME-XML", found: "\(planes.count) in TiffData",
        advice: "save the file again with the program that made it")
    }
    return planes
  }
}

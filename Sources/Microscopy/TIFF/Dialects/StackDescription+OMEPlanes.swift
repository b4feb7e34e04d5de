import Compute

extension StackDescription {
  /// The map from planes to pages that TiffData elements make; nil where the pages are in order.
  func planes(_ elements: [OMEDocument.TiffData]) throws(OMEProblem) -> [Plane: Int]? {
    let isSilent = elements.allSatisfy { $0.attributes.isEmpty && $0.fileName == nil }
    if elements.isEmpty || (elements.count == 1 && isSilent) { return nil }
    guard let total = planeCount, total <= TIFFPageList.maximumPages else {
      throw OMEProblem(
        expected: "at most \(TIFFPageList.maximumPages) planes", found: "more in the OME-XML",
        advice: Self.saveAgain)
    }
    // Other files hold part of the planes where several names occur.
    let files = Set(elements.compactMap(\.fileName))
    let identifiers = Set(elements.map(\.identifier).filter { !$0.isEmpty })
    guard max(files.count, identifiers.count) <= 1 else {
      throw OMEProblem(
        expected: "all planes in this file",
        found: "a set of \(max(files.count, identifiers.count)) files", advice: Self.saveAsOne)
    }
    var planes: [Plane: Int] = [:]
    for element in elements {
      var plane = Plane(
        t: try element.number("FirstT") ?? 0, z: try element.number("FirstZ") ?? 0,
        c: try element.number("FirstC") ?? 0)
      let page = try element.number("IFD")
      let count = try element.number("PlaneCount") ?? (page == nil ? total : 1)
      for step in 0..<count {
        guard contains(plane) else { break }
        guard planes.updateValue((page ?? 0) + step, forKey: plane) == nil else {
          throw OMEProblem(
            expected: "one page for each plane",
            found: "two for frame \(plane.t), channel \(plane.c), plane \(plane.z)",
            advice: Self.saveAgain)
        }
        advance(&plane)
      }
    }
    // Many elements may leave out planes that were never recorded, an error only where one is read;
    // a single one counts them all.
    guard elements.count > 1 || planes.count == total else {
      throw OMEProblem(
        expected: "\(total.counted("plane")) as in the OME-XML",
        found: "\(planes.count) in TiffData",
        advice: Self.saveAgain)
    }
    return planes
  }

  static let saveAsOne: Advice = "save the set as one OME-TIFF"
  static let saveAgain: Advice = "save the file again with the program that made it"

  private func contains(_ plane: Plane) -> Bool {
    plane.t < count(.t) && plane.z < count(.z) && plane.c < count(.c)
  }

  /// Moves to the next plane in the order of the axes: the fastest first, carrying over to the
  /// slower ones; beyond the slowest axis after the last plane.
  private func advance(_ plane: inout Plane) {
    for (axis, length) in axes.reversed() {
      plane[axis] += 1
      if plane[axis] < length || axis == axes[0].axis { return }
      plane[axis] = 0
    }
  }
}

extension OMEDocument.TiffData {
  /// A number among the attributes, nil where it is not stated.
  fileprivate func number(_ key: String) throws(StackDescription.OMEProblem) -> Int? {
    guard let text = attributes[key] else { return nil }
    guard let value = Int(text), (0...TIFFPageList.maximumPages).contains(value) else {
      throw StackDescription.OMEProblem(
        expected: "a sensible \(key) in TiffData", found: text,
        advice: StackDescription.saveAgain)
    }
    return value
  }
}

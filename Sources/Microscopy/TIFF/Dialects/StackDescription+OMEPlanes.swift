import Compute

extension StackDescription {
  /// The map from planes to pages that TiffData elements make; nil where the pages are in order.
  ///
  /// `samples` of a pixel may count among the channels that TiffData name.
  mutating func planes(
    _ elements: [OMEDocument.TiffData], samples: Int
  ) throws(DescriptionProblem) -> [Plane: Int]? {
    let isSilent = elements.allSatisfy { $0.attributes.isEmpty && $0.fileName == nil }
    if elements.isEmpty || (elements.count == 1 && isSilent) { return nil }
    guard let total = planeCount, total <= TIFFPageList.maximumPages else {
      throw DescriptionProblem(
        expected: "at most \(TIFFPageList.maximumPages) planes", found: "more in the OME-XML")
    }
    // Other files hold part of the planes where several names occur.
    let files = Set(elements.compactMap(\.fileName))
    let identifiers = Set(elements.map(\.identifier).filter { !$0.isEmpty })
    guard max(files.count, identifiers.count) <= 1 else {
      throw DescriptionProblem(
        expected: "all planes in this file",
        found: "a set of \(max(files.count, identifiers.count)) files",
        advice: DescriptionProblem.saveAsOne)
    }
    var firsts: [Plane] = []
    for element in elements {
      firsts.append(
        Plane(
          t: try element.number("FirstT") ?? 0, z: try element.number("FirstZ") ?? 0,
          c: try element.number("FirstC") ?? 0))
    }
    correct(&firsts, samples: samples)
    var planes: [Plane: Int] = [:]
    // Planes that the sizes do not have, the first one with its page.
    var outside: (plane: Plane, page: Int, count: Int)?
    for (element, first) in zip(elements, firsts) {
      var plane = first
      let page = try element.number("IFD")
      // NumPlanes is what PlaneCount was called at first.
      let early = try element.number("NumPlanes")
      let stated = try element.number("PlaneCount") ?? early
      for step in 0..<(stated ?? (page == nil ? total : 1)) {
        guard contains(plane) else {
          // Without a count, an element lasts as long as the planes do.
          if stated == nil, page == nil, step > 0 { break }
          outside = outside ?? (plane, (page ?? 0) + step, 0)
          outside?.count += (stated ?? 1) - step
          break
        }
        guard planes.updateValue((page ?? 0) + step, forKey: plane) == nil else {
          throw DescriptionProblem(
            expected: "one page for each plane", found: "two for \(plane.text)")
        }
        advance(&plane)
      }
    }
    if let outside {
      let sizes = axes.map { "Size\($0.axis.rawValue.uppercased()) = \($0.count)" }
      let count = outside.count
      notes.append(
        "\(count == 1 ? "a page is" : "\(count) pages are") left out, as TiffData give page "
          + "\(outside.page + 1) to \(outside.plane.text), beyond "
          + sizes.sorted().joined(separator: ", "))
    }
    // Many elements may leave out planes that were never recorded, an error only where one is read;
    // a single one counts them all.
    guard elements.count > 1 || planes.count == total else {
      throw DescriptionProblem(
        expected: "\(total.counted("plane")) as in the OME-XML",
        found: "\(planes.count) in TiffData")
    }
    return planes
  }

  /// Corrects numbers of planes that count otherwise than from 0, as Bio-Formats does: from 1 where
  /// an axis reaches its length and none of them is 0; and samples among the channels.
  private mutating func correct(_ planes: inout [Plane], samples: Int) {
    for axis in StackAxis.allCases {
      let numbers = Set(planes.map { $0[axis] })
      let length = count(axis)
      guard let largest = numbers.max(), let smallest = numbers.min(), largest >= length else {
        continue
      }
      if axis == .c, samples > 1, largest < length * samples,
        numbers.allSatisfy({ $0.isMultiple(of: samples) })
      {
        for index in planes.indices { planes[index].c /= samples }
      } else if smallest > 0, largest == length {
        for index in planes.indices { planes[index][axis] -= 1 }
        notes.append("TiffData count \(axis.word)s from 1")
      }
    }
  }

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
  fileprivate func number(_ key: String) throws(DescriptionProblem) -> Int? {
    guard let text = attributes[key] else { return nil }
    guard let value = Int(text), (0...TIFFPageList.maximumPages).contains(value) else {
      throw DescriptionProblem(expected: "a sensible \(key) in TiffData", found: "'\(text)'")
    }
    return value
  }
}

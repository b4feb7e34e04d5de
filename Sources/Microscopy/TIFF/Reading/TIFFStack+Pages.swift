import Compute

extension TIFFStack {
  /// The page (from 0) that holds a plane, nil where the file's metadata name none; `c` counts the
  /// channels of pages, each of which has ``TIFFInfo/samplesPerPixel`` of our channels.
  func page(t: Int, z: Int, c: Int) -> Int? {
    if let planes = description.planes {
      return planes[StackDescription.Plane(t: t, z: z, c: c)]
    }
    let plane = StackDescription.Plane(t: t, z: z, c: c)
    return description.axes.reduce(0) { $0 * $1.count + plane[$1.axis] }
  }

  /// The pages (from 0) of the planes of one frame and channel, both from 0.
  func pages(channel: Int, frame: Int) throws(TIFFError) -> [Int] {
    var pages: [Int] = []
    for z in 0..<info.extent.depth {
      guard let page = existingPage(t: frame, z: z, c: channel / info.samplesPerPixel) else {
        throw TIFFError(
          .contradictory, path,
          expected: "a page for frame \(frame + 1), channel \(channel + 1), plane \(z + 1)",
          found: "none", advice: Self.incomplete)
      }
      pages.append(page)
    }
    return pages
  }

  /// Checks that the file has a page for every plane of every frame and channel.
  ///
  /// Opening a file does not: OME-TIFF may leave out planes that were never recorded, and the other
  /// frames can be read.
  ///
  /// - Throws: ``TIFFError`` that names the frames, channels and planes which are missing.
  package func checkPlanes() throws(TIFFError) {
    guard description.planes != nil else { return }
    let channels = description.count(.c)
    let all = info.frames * channels * info.extent.depth
    // The missing planes of each frame and channel, numbers from 1.
    var gaps: [String] = []
    var missing = 0
    for t in 0..<info.frames {
      var parts: [(channel: Int, planes: [Int])] = []
      for c in 0..<channels {
        let planes = (0..<info.extent.depth).filter { existingPage(t: t, z: $0, c: c) == nil }
        missing += planes.count
        if !planes.isEmpty { parts.append((c + 1, planes.map { $0 + 1 })) }
      }
      let isWhole = parts.reduce(0) { $0 + $1.planes.count } == channels * info.extent.depth
      if isWhole {
        gaps.append("frame \(t + 1)")
      } else {
        gaps += parts.map { channel, planes in
          "frame \(t + 1)" + (channels > 1 ? ", channel \(channel)" : "")
            + (planes.count == info.extent.depth ? "" : ", plane \(Self.ranges(planes))")
        }
      }
    }
    guard missing > 0 else { return }
    throw TIFFError(
      .contradictory, path, expected: "a page for each of \(all.counted("plane"))",
      found: "none for \(missing.counted("plane")): \(InputError.list(gaps, limit: 10))",
      advice: Self.incomplete)
  }

  private static let incomplete: Advice =
    "the metadata or the file is incomplete: save it again; other frames can be read"

  private func existingPage(t: Int, z: Int, c: Int) -> Int? {
    page(t: t, z: z, c: c).flatMap { contiguousOffset != nil || $0 < offsets.count ? $0 : nil }
  }

  /// Increasing numbers as `1–4 and 7`.
  private static func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    let texts = ranges.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
    }
    return texts.count > 1
      ? texts.dropLast().joined(separator: ", ") + " and \(texts[texts.count - 1])" : texts[0]
  }
}

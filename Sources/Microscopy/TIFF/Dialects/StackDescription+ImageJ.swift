import Foundation

extension StackDescription {
  /// Reads ImageJ's description, as ImageJ does; nil where the text is not ImageJ's.
  ///
  /// Pages are in T, Z, C order. The scale follows from the text and the resolution of the page; see
  /// `ImageJScale`.
  init?(imageJ text: String, resolution: TIFFResolution) throws(DescriptionProblem) {
    guard text.hasPrefix("ImageJ"), let next = text.dropFirst(6).unicodeScalars.first,
      "=: \t".unicodeScalars.contains(next)
    else { return nil }
    let values = JavaProperties(text)
    dialect = .imageJ
    mayBeContiguous = true
    let channels = try Self.count("channels", values) ?? 1
    let frames = try Self.count("frames", values) ?? 1
    let images = try Self.count("images", values)
    var slices = try Self.count("slices", values)
    // A stack without a word on its axes is one of planes.
    if slices == nil, let images, images.isMultiple(of: channels),
      (images / channels).isMultiple(of: frames)
    {
      slices = images / channels / frames
    }
    axes = [(.t, frames), (.z, slices ?? 1), (.c, channels)]
    statedPages = images
    let scale = ImageJScale(values, resolution, isStack: (slices ?? 1) > 1)
    calibration = scale.calibration
    notes += scale.notes
    let mark = ImageJDescription.labelMark
    areLabels = values[mark.key] == mark.value
  }

  /// A count, which ImageJ reads as a double and cuts; nil where it is absent or 0.
  ///
  /// - Throws: `DescriptionProblem` where it is stated and not a number, which ImageJ takes for 1.
  private static func count(
    _ key: String, _ values: JavaProperties
  ) throws(DescriptionProblem) -> Int? {
    guard let text = values[key] else { return nil }
    guard let number = JavaProperties.number(text), number >= 0, number < 0x1p31 else {
      throw DescriptionProblem(
        expected: "a number of \(key) in ImageJ's description", found: "'\(key)=\(text)'",
        advice: "correct the ImageDescription, or save the file again with ImageJ")
    }
    let whole = Int(number)
    return whole == 0 ? nil : whole
  }
}

import Foundation

extension StackDescription {
  /// Reads ImageJ's `key=value` lines; nil where the text is not ImageJ's.
  ///
  /// Pages are in T, Z, C order. `resolution` is pixels per `unit`.
  init?(imageJ text: String, resolution: (x: Float?, y: Float?)) {
    guard text.hasPrefix("ImageJ=") else { return nil }
    var values: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      guard let equals = line.firstIndex(of: "=") else { continue }
      let key = String(line[..<equals])
      if values[key] == nil { values[key] = String(line[line.index(after: equals)...]) }
    }
    func count(_ key: String) -> Int? {
      values[key].flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    }
    func number(_ key: String) -> Double? {
      values[key].flatMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    }

    dialect = .imageJ
    mayBeContiguous = true
    let channels = count("channels") ?? 1
    let frames = count("frames") ?? 1
    var slices = count("slices") ?? 1
    // A stack without a word on its axes is one of planes.
    if count("slices") == nil, let images = count("images"), channels > 0, frames > 0,
      images.isMultiple(of: channels), (images / channels).isMultiple(of: frames)
    {
      slices = images / channels / frames
    }
    axes = [(.t, frames), (.z, slices), (.c, channels)]

    let unit = values["unit"].flatMap(PhysicalUnit.micrometers)
    let unitY = values["yunit"].map(PhysicalUnit.micrometers) ?? unit
    let unitZ = values["zunit"].map(PhysicalUnit.micrometers) ?? unit
    // ImageJ leaves out a spacing of 1. Others sign as version 1.11a and leave it out when they do
    // not know it.
    let isImageJItself = values["ImageJ"] != "1.11a"
    let spacing = number("spacing").map(abs) ?? (isImageJItself && slices > 1 ? 1 : nil)
    let timeUnit = PhysicalUnit.seconds(values["tunit"] ?? "sec")
    calibration = Calibration(
      x: PhysicalUnit.convert(Calibration.length(resolution: resolution.x), unit),
      y: PhysicalUnit.convert(Calibration.length(resolution: resolution.y), unitY),
      z: PhysicalUnit.convert(spacing, unitZ),
      frameInterval: PhysicalUnit.convert(number("finterval"), timeUnit),
      source: .imageJ)
  }
}

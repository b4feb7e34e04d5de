import Foundation

/// Lengths and times as image files spell them.
enum PhysicalUnit {
  /// A unit of length that a file names.
  struct Length: Hashable, Sendable {
    /// How many µm it has.
    var factor: Double
    /// Its name as it was meant.
    var name: String
    /// Whether the name was read in a wrong encoding by the program that wrote it.
    var isRepaired = false
  }

  /// The unit of length of a name; nil for pixels, for no unit and for anything that is not a length.
  ///
  /// Understands `µm` with either micro sign, ImageJ's escape `\u00B5m`, and the usual names; also
  /// names whose UTF-8 a program took for another encoding, such as `Âµm`, if that leads to a unit.
  static func length(_ name: String) -> Length? {
    if let factor = factor(name) { return Length(factor: factor, name: name) }
    var names = [name]
    // Saved twice, twice wrong.
    for _ in 0..<2 {
      names = names.flatMap(misread)
      for original in names {
        if let factor = factor(original) {
          return Length(factor: factor, name: original, isRepaired: true)
        }
      }
    }
    return nil
  }

  /// How many µm the unit has; nil for pixels, for no unit and for anything that is not a length.
  static func micrometers(_ unit: String) -> Double? { length(unit)?.factor }

  private static func factor(_ unit: String) -> Double? {
    // Megameters and petameters are not millimeters and picometers; ImageJ's A is an ångström.
    switch unit.trimmingCharacters(in: .whitespacesAndNewlines) {
    case "Mm", "Pm": return nil
    case "A": return 1e-4
    default: break
    }
    return switch normalized(unit) {
    case "um", "micron", "microns", "micrometer", "micrometers", "micrometre", "micrometres": 1
    case "nm", "nanometer", "nanometers", "nanometre", "nanometres": 1e-3
    case "pm", "picometer", "picometers", "picometre", "picometres": 1e-6
    case "å", "angstrom", "ångström", "angstroms", "ångströms": 1e-4
    case "mm", "millimeter", "millimeters", "millimetre", "millimetres": 1e3
    case "cm", "centimeter", "centimeters", "centimetre", "centimetres": 1e4
    case "m", "meter", "meters", "metre", "metres": 1e6
    case "dm": 1e5
    case "km": 1e9
    case "inch", "inches", "in", "\"": 25_400
    case "thou", "mil": 25.4
    case "ft", "foot": 304_800
    case "fm": 1e-9
    default: nil
    }
  }

  /// How many seconds the unit has; nil for anything that is not a time.
  static func seconds(_ unit: String) -> Double? {
    switch normalized(unit) {
    case "s", "sec", "secs", "second", "seconds": 1
    case "ms", "msec", "millisecond", "milliseconds": 1e-3
    case "us", "usec", "microsecond", "microseconds": 1e-6
    case "ns", "nanosecond", "nanoseconds": 1e-9
    case "min", "minute", "minutes": 60
    case "h", "hr", "hour", "hours": 3600
    case "d", "day", "days": 86_400
    default: nil
    }
  }

  /// `value` in units that have `factor` µm (or seconds) each, in µm (or seconds); nil where either
  /// is unknown. Other units are rounded to 15 digits: 200 nm are 0.2 µm without a tail of noise.
  static func convert(_ value: Double?, _ factor: Double?) -> Double? {
    guard let value, let factor else { return nil }
    return factor == 1 ? value : Double(String(format: "%.15g", value * factor))
  }

  /// What a name was if its UTF-8 was taken for an encoding of one byte a letter.
  private static func misread(_ name: String) -> [String] {
    let names = [String.Encoding.isoLatin1, .windowsCP1252].compactMap { encoding in
      name.data(using: encoding).flatMap { String(data: $0, encoding: .utf8) }
    }
    // The micro sign in Mac Roman and in Shift JIS, which Foundation does not know everywhere.
    let others = ["\u{AC}\u{B5}", "\u{FF82}\u{FF75}"].map {
      name.replacingOccurrences(of: $0, with: "\u{B5}")
    }
    return (names + others).filter { $0 != name }
  }

  private static func normalized(_ unit: String) -> String {
    var name = unit.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    // The micro sign, the Greek letter mu, and ImageJ's escapes of both.
    for micro in ["\u{B5}", "\u{3BC}", "\\u00b5", "\\u03bc"] {
      name = name.replacingOccurrences(of: micro, with: "u")
    }
    for ring in ["\u{212B}", "\\u00c5", "\\u00e5", "\\u212b"] {
      name = name.replacingOccurrences(of: ring, with: "å")
    }
    return name
  }
}

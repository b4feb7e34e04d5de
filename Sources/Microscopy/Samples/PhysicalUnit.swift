import Foundation

/// Lengths and times as image files spell them.
enum PhysicalUnit {
  /// How many µm the unit has; nil for pixels, for no unit and for anything that is not a length.
  ///
  /// Understands `µm` with either micro sign, ImageJ's escape `\u00B5m`, and the usual names.
  static func micrometers(_ unit: String) -> Double? {
    switch normalized(unit) {
    case "um", "micron", "microns", "micrometer", "micrometers", "micrometre", "micrometres": 1
    case "nm", "nanometer", "nanometers", "nanometre", "nanometres": 1e-3
    case "pm", "picometer", "picometers": 1e-6
    case "å", "angstrom", "ångström": 1e-4
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

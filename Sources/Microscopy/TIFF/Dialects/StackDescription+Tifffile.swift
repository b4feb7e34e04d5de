import Foundation

extension StackDescription {
  /// Reads tifffile's `{"shape": [51, 124, 127], "axes": "ZYX"}`, or the older
  /// `shape=(51,124,127)`; nil where the text is neither.
  ///
  /// Without axes, the shape is read from its end as [T, Z, C, Y, X] for five dimensions,
  /// [T, Z, Y, X] for four and [Z, Y, X] for three. Axes that tifffile does not name (Q, I and
  /// others) become Z, T and C, the first that is free. With a `unit`, XResolution, YResolution and
  /// `spacing` give the scale.
  ///
  /// The samples of pixels, S among the axes, are not pages.
  init?(
    tifffile text: String, resolution: TIFFResolution, samples: Int = 1, isPlanar: Bool = false
  ) {
    guard let parts = Self.parts(tifffile: text) else { return nil }
    var shape = parts.shape
    let keys = parts.keys
    guard shape.count >= 2, shape.allSatisfy({ $0 > 0 }) else { return nil }
    var names = (keys["axes"] as? String)?.uppercased()
    if names?.count != shape.count { names = nil }
    if samples > 1 {
      Self.removeSamples(samples, isPlanar: isPlanar, from: &shape, axes: &names)
    }
    guard shape.count >= 2, let named = Self.name(shape: shape, axes: names) else { return nil }

    dialect = .tifffile
    mayBeContiguous = true
    axes = named.axes
    frame = named.frame
    calibration = Self.scale(keys, resolution)
  }

  /// The shape and the other keys of a description; nil where it is not tifffile's.
  private static func parts(tifffile text: String) -> (shape: [Int], keys: [String: Any])? {
    if text.hasPrefix("{") {
      guard
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
        let numbers = object["shape"] as? [NSNumber]
      else { return nil }
      // A shape that is not a list of whole numbers is not tifffile's.
      let shape = numbers.compactMap { Int(exactly: $0.doubleValue) }
      return shape.count == numbers.count ? (shape, object) : nil
    }
    guard text.hasPrefix("shape=("), let end = text.firstIndex(of: ")") else { return nil }
    let inner = text[text.index(text.startIndex, offsetBy: 7)..<end]
    let fields = inner.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let shape = fields.compactMap { Int($0) }
    return shape.count == fields.count ? (shape, [:]) : nil
  }

  /// The shape that a description states, as `2 × 9 × 9`; nil where it is not tifffile's.
  static func shape(tifffile text: String) -> String? {
    parts(tifffile: text)?.shape.map(String.init).joined(separator: " × ")
  }

  /// The scale that `unit` and `spacing` state beside the resolution.
  private static func scale(_ keys: [String: Any], _ resolution: TIFFResolution) -> Calibration {
    guard let name = keys["unit"] as? String else { return .none }
    var doubts: [String] = []
    let unit = PhysicalUnit.micrometers(name)
    if unit == nil { doubts.append("unit '\(name)' is not understood as a length") }
    // Resolutions are per cm or inch where the tag says so, else per the unit.
    let planar = unit.flatMap { unit in resolution.unit?.micrometers ?? unit }
    func length(_ edge: TIFFResolution.Edge?, _ tag: String) -> Double? {
      guard let edge else { return nil }
      if edge.density == nil { doubts.append("\(tag) \(edge.text) is not a number above 0") }
      return PhysicalUnit.convert(edge.density?.length, planar)
    }
    let spacing = (keys["spacing"] as? NSNumber)?.doubleValue
    if let stated = keys["spacing"], !(spacing ?? 0 > 0) {
      doubts.append("spacing '\(stated)' is not a number above 0")
    }
    var calibration = Calibration(
      x: length(resolution.x, "XResolution"), y: length(resolution.y, "YResolution"),
      z: PhysicalUnit.convert(spacing, unit),
      frameInterval: (keys["finterval"] as? NSNumber)?.doubleValue, source: .tifffile)
    calibration.doubts = doubts
    return calibration
  }

  /// Whether a text is tifffile's description of an array, which begins a series of pages.
  static func isTifffile(_ text: String) -> Bool {
    (text.hasPrefix("{") && text.contains("\"shape\":")) || text.hasPrefix("shape=(")
  }

  /// Takes the samples of pixels out of a shape: the axis S, else the last one, or the one before
  /// the rows where the samples lie in planes of their own.
  private static func removeSamples(
    _ samples: Int, isPlanar: Bool, from shape: inout [Int], axes: inout String?
  ) {
    let named = axes.flatMap { Array($0).firstIndex(of: "S") }
    let index = named ?? (axes == nil ? shape.count - (isPlanar ? 3 : 1) : -1)
    guard shape.indices.contains(index), shape[index] == samples else { return }
    shape.remove(at: index)
    axes = axes.map { name in
      String(name.enumerated().filter { $0.offset != index }.map(\.element))
    }
  }

  /// Gives the axes of a shape their names; nil where they do not fit or are too many.
  private static func name(
    shape: [Int], axes names: String?
  ) -> (axes: [(axis: StackAxis, count: Int)], frame: (width: Int, height: Int))? {
    let letters: [Character]
    if let names, names.count == shape.count {
      letters = Array(names)
    } else {
      // Of more than five dimensions, the first ones may be 1 and then mean nothing.
      let outer = shape.count - 2
      letters =
        Array(repeating: "Q", count: max(0, outer - 3)) + (outer == 1 ? "Z" : "TZC".prefix(outer))
        + "YX"
    }
    var axes: [(axis: StackAxis, count: Int)] = []
    var frame: (width: Int?, height: Int?) = (nil, nil)
    for (letter, count) in zip(letters, shape) {
      switch letter {
      case "X": frame.width = count
      case "Y": frame.height = count
      default:
        // Colors within a page come after X; pages only before.
        guard frame == (nil, nil) || count == 1 else { return nil }
        let axis = StackAxis(rawValue: String(letter).lowercased())
        if let axis, !axes.contains(where: { $0.axis == axis }) {
          axes.append((axis, count))
        } else if count > 1 {
          let free = [StackAxis.z, .t, .c].first { candidate in
            !letters.contains { String($0).lowercased() == candidate.rawValue }
              && !axes.contains { $0.axis == candidate }
          }
          guard let free else { return nil }
          axes.append((free, count))
        }
      }
    }
    guard let width = frame.width, let height = frame.height else { return nil }
    return (axes, (width, height))
  }
}

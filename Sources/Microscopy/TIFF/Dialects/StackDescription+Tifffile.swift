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
    tifffile text: String, resolution: (x: Float?, y: Float?), resolutionUnit: Int?,
    samples: Int = 1, isPlanar: Bool = false
  ) {
    var keys: [String: Any] = [:]
    var shape: [Int]
    if text.hasPrefix("{") {
      guard
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
        let numbers = object["shape"] as? [NSNumber]
      else { return nil }
      keys = object
      // A shape that is not a list of whole numbers is not tifffile's.
      shape = numbers.compactMap { Int(exactly: $0.doubleValue) }
      guard shape.count == numbers.count else { return nil }
    } else if text.hasPrefix("shape=("), let end = text.firstIndex(of: ")") {
      let inner = text[text.index(text.startIndex, offsetBy: 7)..<end]
      let fields = inner.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      let numbers = fields.compactMap { Int($0) }
      guard numbers.count == fields.count else { return nil }
      shape = numbers
    } else {
      return nil
    }
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
    guard let unitName = keys["unit"] as? String,
      let unit = PhysicalUnit.micrometers(unitName)
    else { return }
    // Resolutions are per cm or inch where the tag says so, else per the unit.
    let planar: Double = [2: 25_400, 3: 10_000][resolutionUnit ?? 1] ?? unit
    calibration = Calibration(
      x: PhysicalUnit.convert(Calibration.length(resolution: resolution.x), planar),
      y: PhysicalUnit.convert(Calibration.length(resolution: resolution.y), planar),
      z: PhysicalUnit.convert((keys["spacing"] as? NSNumber)?.doubleValue, unit),
      frameInterval: (keys["finterval"] as? NSNumber)?.doubleValue, source: .tifffile)
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

import Foundation

/// The JSON files of an OME-Zarr image (NGFF 0.4 with Zarr 2, NGFF 0.5 with Zarr 3).
struct ZarrMetadata {
  let version: ZarrWriter.Version

  /// Before the numbers of a chunk's name.
  var prefix: String { version == .v04 ? "" : "c/" }

  /// A group with an image's axes, levels and scale, and its channels if they have names or colors.
  ///
  /// - Parameters:
  ///   - description: The series.
  ///   - pyramid: Its levels.
  ///   - kind: What the image is.
  ///   - grid: Where samples lie; nil for what the description says.
  ///   - ranges: The smallest and the largest value of each channel, as far as they are known.
  func image(
    _ description: SeriesDescription, _ pyramid: ZarrPyramid, _ kind: ZarrWriter.Kind,
    grid: ZarrGrid? = nil, ranges: [ClosedRange<Double>?] = []
  ) -> [(name: String, text: Data)] {
    let axes = axes(description, grid)
    let datasets = pyramid.factors.enumerated().map { level, factor in
      dataset(level, ["z": factor.z, "y": factor.y, "x": factor.x], axes)
    }
    var multiscale: [String: Any] = [
      "name": description.name, "datasets": datasets,
      "axes": axes.map { axis in
        var object: [String: Any] = ["name": axis.name, "type": Self.kinds[axis.name] ?? "space"]
        if let unit = axis.unit { object["unit"] = unit }
        return object
      },
      "type": kind == .image ? "mean" : "nearest",
    ]
    if version == .v04 { multiscale["version"] = version.rawValue }
    var attributes: [String: Any] = ["multiscales": [multiscale]]
    switch kind {
    case .image:
      if description.hasKnownChannels { attributes["omero"] = omero(description, ranges) }
    case .labels, .labelsOfImage:
      attributes["image-label"] = label(["source": ["image": "../../"]])
    case .labelsAlone: attributes["image-label"] = label([:])
    }
    return group(attributes)
  }

  private static let kinds = ["t": "time", "c": "channel"]

  /// The axes of an image, those of a grid or as far as the scale is known.
  private func axes(_ description: SeriesDescription, _ grid: ZarrGrid?) -> [ZarrGrid.Axis] {
    let calibration = description.calibration
    let known = [
      "t": calibration.frameInterval, "z": calibration.z, "y": calibration.y, "x": calibration.x,
    ]
    let names = description.channels > 1 ? ["t", "c", "z", "y", "x"] : ["t", "z", "y", "x"]
    return names.map { name in
      if let grid { return grid[name] }
      let value = known[name] ?? nil
      let unit = value.map { _ in name == "t" ? "second" : "micrometer" }
      return ZarrGrid.Axis(name: name, unit: unit, scale: value ?? 1, offset: 0)
    }
  }

  /// A level of resolution, whose samples stand for `factors` of the finest along each axis.
  private func dataset(
    _ level: Int, _ factors: [String: Int], _ axes: [ZarrGrid.Axis]
  ) -> [String: Any] {
    let scale = axes.map { Self.product($0.scale, Double(factors[$0.name] ?? 1)) }
    // The first sample of a coarse level lies in the middle of those that it stands for.
    let shift = axes.map { axis in
      axis.offset + Self.product(axis.scale, (Double(factors[axis.name] ?? 1) - 1) / 2)
    }
    var transformations: [[String: Any]] = [["type": "scale", "scale": scale]]
    if level > 0 || axes.contains(where: { $0.offset != 0 }) {
      transformations.append(["type": "translation", "translation": shift])
    }
    return ["path": "\(level)", "coordinateTransformations": transformations]
  }

  /// The group of an image's labels.
  func labelGroup(_ names: [String]) -> [(name: String, text: Data)] { group(["labels": names]) }

  /// The file with the attributes of an existing group of labels, in which these are listed too.
  ///
  /// - Parameters:
  ///   - names: The names to add to those that are there.
  ///   - data: The file; nil if there is none yet.
  /// - Returns: nil if all are listed already, or the file cannot be understood.
  func labelAttributes(adding names: [String], to data: Data?) -> (name: String, text: Data)? {
    guard let data else { return labelGroup(names).last }
    guard var values = JSONObject(data)?.values else { return nil }
    func add(to attributes: inout [String: Any]) -> Bool {
      let listed = attributes["labels"] as? [Any] ?? []
      let new = names.filter { name in !listed.contains { $0 as? String == name } }
      attributes["labels"] = listed + new
      return !new.isEmpty
    }
    if version == .v04 {
      return add(to: &values) ? (".zattrs", text(values)) : nil
    }
    var attributes = values["attributes"] as? [String: Any] ?? [:]
    var ome = attributes["ome"] as? [String: Any] ?? ["version": version.rawValue]
    guard add(to: &ome) else { return nil }
    attributes["ome"] = ome
    values["attributes"] = attributes
    return ("zarr.json", text(values))
  }

  /// An array whose chunks are compressed by Blosc.
  func array(_ array: ZarrArray) -> [(name: String, text: Data)] {
    let size = array.type.bits / 8
    switch version {
    case .v04:
      let kind = array.type.isUnsigned ? "u" : array.type.isInteger ? "i" : "f"
      return [
        (
          ".zarray",
          text([
            "zarr_format": 2, "shape": array.shape, "chunks": array.chunks,
            "dtype": size == 1 ? "|\(kind)1" : "\(Self.isLittle ? "<" : ">")\(kind)\(size)",
            "compressor": [
              "id": "blosc", "cname": ChunkCodec.bloscCompressor,
              "clevel": Int(ChunkCodec.bloscLevel), "shuffle": size > 1 ? 1 : 0, "blocksize": 0,
            ] as [String: Any],
            "fill_value": 0, "order": "C", "filters": NSNull(), "dimension_separator": "/",
          ])
        )
      ]
    case .v05:
      var bytes: [String: Any] = ["name": "bytes"]
      if size > 1 { bytes["configuration"] = ["endian": Self.isLittle ? "little" : "big"] }
      let blosc: [String: Any] = [
        "name": "blosc",
        "configuration": [
          "cname": ChunkCodec.bloscCompressor, "clevel": Int(ChunkCodec.bloscLevel),
          "shuffle": size > 1 ? "shuffle" : "noshuffle", "typesize": size, "blocksize": 0,
        ] as [String: Any],
      ]
      return [
        (
          "zarr.json",
          text([
            "zarr_format": 3, "node_type": "array", "shape": array.shape,
            "data_type": array.type.rawValue,
            "chunk_grid": ["name": "regular", "configuration": ["chunk_shape": array.chunks]]
              as [String: Any],
            "chunk_key_encoding": ["name": "default", "configuration": ["separator": "/"]]
              as [String: Any],
            "fill_value": 0, "codecs": [bytes, blosc], "attributes": [String: Any](),
            "dimension_names": array.shape.count > 4
              ? ["t", "c", "z", "y", "x"] : ["t", "z", "y", "x"],
          ])
        )
      ]
    }
  }

  /// How channels are shown. Color and window are wanted for each: white stands for no color, and
  /// the window reaches from the smallest to the largest value.
  private func omero(
    _ description: SeriesDescription, _ ranges: [ClosedRange<Double>?]
  ) -> [String: Any] {
    let channels = description.channelDescriptions.enumerated().map { number, channel in
      let range = (number < ranges.count ? ranges[number] : nil) ?? 0...1
      // What is of one value is shown dark.
      let end = max(range.upperBound, range.lowerBound + 1)
      var object: [String: Any] = [
        "active": true, "color": (channel.color ?? .white).hexadecimal,
        "window": ["min": range.lowerBound, "max": end, "start": range.lowerBound, "end": end],
      ]
      if let name = channel.name { object["label"] = name }
      return object
    }
    return ["channels": channels, "rdefs": ["model": "color"]]
  }

  private func group(_ attributes: [String: Any]) -> [(name: String, text: Data)] {
    switch version {
    case .v04: return [(".zgroup", text(["zarr_format": 2])), (".zattrs", text(attributes))]
    case .v05:
      var ome = attributes
      ome["version"] = version.rawValue
      return [
        (
          "zarr.json",
          text(["zarr_format": 3, "node_type": "group", "attributes": ["ome": ome]])
        )
      ]
    }
  }

  private func label(_ values: [String: Any]) -> [String: Any] {
    version == .v04 ? values.merging(["version": version.rawValue]) { $1 } : values
  }

  /// Keys are sorted: equal images give equal bytes.
  private func text(_ object: [String: Any]) -> Data {
    do {
      return try JSONSerialization.data(
        withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    } catch { preconditionFailure("metadata of plain values are JSON: \(error)") }
  }

  /// A product rounded to 15 digits, so that 3 · 0.1 is 0.3.
  private static func product(_ a: Double, _ b: Double) -> Double {
    Double(String(format: "%.15g", a * b)) ?? a * b
  }

  private static let isLittle = 1.littleEndian == 1
}

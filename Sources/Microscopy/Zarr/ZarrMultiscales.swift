import Compute
import Foundation

/// What the attributes of an OME-Zarr image say: its axes, levels and scale.
package struct ZarrMultiscales: Sendable {
  /// The version of NGFF.
  package let version: String
  /// The names of the axes, nil in versions that have none.
  package let axes: [String]?
  /// The units of the axes, nil where not stated.
  let units: [String?]
  /// The folders of the levels inside the image's, the finest first.
  package let levels: [String]
  /// The scale of the finest level, nil without axes.
  let scale: ZarrScale?
  /// Whether the image says that it holds labels.
  package let areLabels: Bool
  /// What is said about the channels, empty where nothing is.
  let channels: [ImageChannel]

  /// Reads the attributes in a folder.
  init(of folder: String) throws(InputError) {
    if ZarrGroup.isArray(folder) { throw Self.arrayError(folder) }
    guard let group = ZarrGroup(of: folder) else {
      throw InputError(
        folder, "is not an OME-Zarr image (it has no readable .zattrs or zarr.json)")
    }
    try self.init(group, path: folder)
  }

  /// Parses the `.zattrs` of a Zarr 2 group.
  package init(v2 data: Data, path: String) throws(InputError) {
    guard let group = ZarrGroup(v2: data) else {
      throw InputError(path, "has attributes that are not JSON")
    }
    try self.init(group, path: path)
  }

  /// Parses the `zarr.json` of a Zarr 3 group.
  package init(v3 data: Data, path: String) throws(InputError) {
    guard let json = JSONObject(data) else {
      throw InputError(path, "has attributes that are not JSON")
    }
    guard json.text("node_type") == "group" else { throw Self.arrayError(path) }
    try self.init(ZarrGroup(v3: json), path: path)
  }

  private init(_ group: ZarrGroup, path: String) throws(InputError) {
    let attributes = group.attributes
    guard let first = attributes.objects("multiscales")?.first else {
      throw group.collectionError(path)
    }
    let version = group.version ?? ZarrGroup.version(first)
    guard Self.isKnown(version ?? "0.1"), first["coordinateSystems"] == nil else {
      throw InputError(
        path,
        "expected OME-Zarr 0.1 to 0.5, found \(version?.prefix(40) ?? "coordinate systems, which are newer"); "
          + "convert it to 0.5")
    }
    self.version = version ?? "0.1"
    areLabels = attributes["image-label"] != nil

    if let objects = first.objects("axes") {
      axes = objects.map(Self.name)
      units = objects.map { $0.text("unit") }
    } else if let names = first.list("axes") as? [String] {
      axes = names.map { $0.lowercased() }
      units = []
    } else {
      // Before 0.3 there were always the same five, without names and units.
      guard ["0.1", "0.2"].contains(self.version.prefix(3)) else {
        throw InputError(path, "does not name its axes, as OME-Zarr \(self.version) must")
      }
      axes = nil
      units = []
    }
    guard let datasets = first.objects("datasets"), datasets.count <= 64 else {
      throw InputError(path, "does not list its levels of resolution")
    }
    guard let finest = datasets.first else {
      throw InputError(path, "lists no level of resolution")
    }
    levels = try datasets.map { dataset throws(InputError) in
      let name = dataset.text("path") ?? ""
      guard ZarrGroup.isInside(name) else {
        throw InputError(path, "has a level outside of the image, '\(name.prefix(60))'")
      }
      return name
    }
    scale = axes.map { ZarrScale(level: finest, image: first, axes: $0) }
    channels = (attributes.object("omero")?.objects("channels") ?? []).map { channel in
      ImageChannel(
        name: channel.text("label") ?? channel.text("name"),
        color: channel.text("color").flatMap(ChannelColor.init(hexadecimal:)))
    }
  }

  private static func arrayError(_ path: String) -> InputError {
    InputError(path, "is an array without axes and scale; name the OME-Zarr image above it")
  }

  /// Whether a version is one of 0.1 to 0.5, or a patch or draft of one.
  private static func isKnown(_ version: String) -> Bool {
    guard ["0.1", "0.2", "0.3", "0.4", "0.5"].contains(version.prefix(3)) else { return false }
    return version.dropFirst(3).first?.isNumber != true
  }

  /// The name of an axis, by its type where the type says more: `t`, `c`, or its own in lower case.
  private static func name(_ axis: JSONObject) -> String {
    switch axis.text("type")?.lowercased() {
    case "time": "t"
    case "channel": "c"
    default: (axis.text("name") ?? "?").lowercased()
    }
  }

  /// The physical scale; edges whose axis has no unit are unknown.
  var calibration: Calibration {
    func value(_ name: String, _ factor: (String) -> Double?) -> Double? {
      guard let index = axes?.firstIndex(of: name), units.indices.contains(index),
        let unit = units[index]
      else { return nil }
      return PhysicalUnit.convert(scale?.factors?[index], factor(unit))
    }
    var calibration = Calibration(
      x: value("x", PhysicalUnit.micrometers), y: value("y", PhysicalUnit.micrometers),
      z: value("z", PhysicalUnit.micrometers), frameInterval: value("t", PhysicalUnit.seconds),
      source: .ngff)
    calibration.doubts = doubts
    return calibration
  }

  /// What is stated about the scale and not understood.
  private var doubts: [String] {
    if let problem = scale?.problem { return [problem] }
    guard let axes, scale?.factors != nil else { return [] }
    return zip(axes, units).compactMap { axis, unit in
      guard let unit, ["z", "y", "x"].contains(axis), PhysicalUnit.micrometers(unit) == nil else {
        return nil
      }
      return "unit '\(unit.prefix(40))' of \(axis) is not understood as a length"
    }
  }
}

import Compute
import Foundation

/// What the attributes of an OME-Zarr image say: its axes, levels and scale.
package struct ZarrMultiscales: Sendable {
  /// A level of resolution.
  package struct Dataset: Sendable {
    /// The folder of its array, inside the image's.
    package let path: String
    /// The distance of samples along each axis, nil where not stated.
    package let scale: [Double]?
  }

  /// The version of NGFF.
  package let version: String
  /// The names of the axes, nil where the version has none.
  package let axes: [String]?
  /// The units of the axes, nil where not stated.
  package let units: [String?]
  /// The levels, the finest first.
  package let datasets: [Dataset]
  /// Whether the image says that it holds labels.
  package let areLabels: Bool
  /// A factor for the scale of all levels.
  private let scale: [Double]?

  /// Reads the attributes in a folder.
  init(of folder: String) throws(InputError) {
    if let data = Self.contents(folder + "/zarr.json") {
      try self.init(v3: data, path: folder)
    } else if FileSystem.exists(folder + "/.zarray") {
      throw InputError(
        folder, "is an array without axes and scale; name the OME-Zarr image above it")
    } else if let data = Self.contents(folder + "/.zattrs") {
      try self.init(v2: data, path: folder)
    } else {
      throw InputError(folder, "is not an OME-Zarr image (it has neither .zattrs nor zarr.json)")
    }
  }

  /// Parses the `.zattrs` of a Zarr 2 group.
  package init(v2 data: Data, path: String) throws(InputError) {
    guard let attributes = JSONObject(data) else {
      throw InputError(path, "has attributes that are not JSON")
    }
    try self.init(attributes, version: nil, path: path)
  }

  /// Parses the `zarr.json` of a Zarr 3 group.
  package init(v3 data: Data, path: String) throws(InputError) {
    guard let json = JSONObject(data) else {
      throw InputError(path, "has attributes that are not JSON")
    }
    guard json.text("node_type") == "group" else {
      throw InputError(
        path, "is an array without axes and scale; name the OME-Zarr image above it")
    }
    let attributes = json.object("attributes")
    // Version 0.5 has a key of its own for everything.
    let ome = attributes?.object("ome")
    try self.init(ome ?? attributes ?? JSONObject([:]), version: ome?.text("version"), path: path)
  }

  private init(_ attributes: JSONObject, version: String?, path: String) throws(InputError) {
    guard let first = attributes.objects("multiscales")?.first else {
      let advice: String
      if attributes["plate"] != nil || attributes["well"] != nil {
        advice = "is a plate or a well; name one of its images, for example \(path)/A/1/0"
      } else if attributes["bioformats2raw.layout"] != nil {
        advice = "is a set of images; name one of them, for example \(path)/0"
      } else if let labels = attributes.list("labels") as? [String], let name = labels.first {
        advice =
          "is a set of label images; name one of them, for example \(path)/\(name.prefix(80))"
      } else {
        advice = "is not an OME-Zarr image (its attributes have no multiscales)"
      }
      throw InputError(path, advice)
    }
    areLabels = attributes["image-label"] != nil
    self.version = version ?? first.text("version") ?? "0.1"
    let objects = first.objects("axes")
    axes =
      objects.map { $0.map { ($0.text("name") ?? "?").lowercased() } }
      ?? (first.list("axes") as? [String])?.map { $0.lowercased() }
    units = objects.map { $0.map { $0.text("unit") } } ?? []
    scale = Self.scale(first)
    guard let datasets = first.objects("datasets"), datasets.count <= 64 else {
      throw InputError(path, "does not list its levels of resolution")
    }
    var levels: [Dataset] = []
    for dataset in datasets {
      let name = dataset.text("path") ?? ""
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      guard !name.isEmpty, !name.hasPrefix("/"), !parts.contains(".."),
        !name.contains("\0")
      else {
        throw InputError(path, "has a level outside of the image, '\(name.prefix(60))'")
      }
      levels.append(Dataset(path: name, scale: Self.scale(dataset)))
    }
    self.datasets = levels
  }

  private static func scale(_ object: JSONObject) -> [Double]? {
    object.objects("coordinateTransformations")?
      .first { $0.text("type") == "scale" }?.numbers("scale")
  }

  /// The physical scale of a level for these axes; edges whose axis has no unit are unknown.
  func calibration(_ names: [String], scale level: [Double]?) -> Calibration {
    func value(_ name: String, _ factor: (String) -> Double?) -> Double? {
      guard let index = names.firstIndex(of: name), units.indices.contains(index),
        let unit = units[index], let level, level.indices.contains(index)
      else { return nil }
      let outer = scale.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? 1
      return PhysicalUnit.convert(level[index] * outer, factor(unit))
    }
    return Calibration(
      x: value("x", PhysicalUnit.micrometers), y: value("y", PhysicalUnit.micrometers),
      z: value("z", PhysicalUnit.micrometers), frameInterval: value("t", PhysicalUnit.seconds),
      source: .ngff)
  }

  /// The names of the label images of an image.
  static func labels(of folder: String) -> [String] {
    var attributes: JSONObject?
    if let data = contents(folder + "/labels/zarr.json") {
      attributes = JSONObject(data)?.object("attributes")
      attributes = attributes?.object("ome") ?? attributes
    } else if let data = contents(folder + "/labels/.zattrs") {
      attributes = JSONObject(data)
    }
    return (attributes?.list("labels") ?? []).compactMap { $0 as? String }
  }

  /// A file of metadata; nil where there is none, or it is absurdly large.
  static func contents(_ path: String) -> Data? {
    guard let status = try? FileStatus(of: path), status.kind == .file, status.size <= 64 << 20
    else { return nil }
    return try? FileSystem.contents(of: path)
  }
}

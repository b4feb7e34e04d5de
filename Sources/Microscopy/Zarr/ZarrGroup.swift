import Compute
import Foundation

/// The attributes of a group of Zarr 2 or 3: an image, or what holds images.
struct ZarrGroup {
  /// The attributes of OME, with or without the key `ome` around them.
  let attributes: JSONObject
  /// The version of NGFF beside them, nil where none is.
  let version: String?

  /// Reads the attributes in a folder; nil where there are none that can be read.
  init?(of folder: String) {
    if let data = Self.contents(folder + "/zarr.json") {
      guard let json = JSONObject(data) else { return nil }
      self.init(v3: json)
    } else if let data = Self.contents(folder + "/.zattrs") {
      self.init(v2: data)
    } else {
      return nil
    }
  }

  /// Parses `.zattrs`; nil if it is not JSON.
  init?(v2 data: Data) {
    guard let attributes = JSONObject(data) else { return nil }
    self.init(attributes)
  }

  /// The attributes of a `zarr.json`.
  init(v3 json: JSONObject) { self.init(json.object("attributes") ?? JSONObject([:])) }

  private init(_ all: JSONObject) {
    // Version 0.5 has a key of its own for everything.
    let ome = all.object("ome")
    attributes = ome ?? all
    version = ome.flatMap(Self.version)
  }

  /// The version of an object, as text whatever it is.
  static func version(_ object: JSONObject) -> String? {
    object.text("version") ?? (object["version"] as? NSNumber)?.stringValue
  }

  /// Whether a folder is an array and not a group.
  static func isArray(_ folder: String) -> Bool {
    if let data = contents(folder + "/zarr.json") {
      return JSONObject(data)?.text("node_type") == "array"
    }
    return FileSystem.exists(folder + "/.zarray")
  }

  /// The error that says which images there are instead of one.
  func collectionError(_ path: String) -> InputError {
    func example(_ name: String) -> String { "for example \(path)/\(name)" }
    if attributes["plate"] != nil {
      guard let well = firstPath(attributes.object("plate"), "wells") else {
        return InputError(path, "is a plate that lists no well")
      }
      let images = Self(of: path + "/" + well)?.attributes.object("well")
      let image = firstPath(images, "images") ?? "0"
      return InputError(
        path, "is a plate; name one of the images of its wells, \(example("\(well)/\(image)"))")
    }
    if attributes["well"] != nil {
      guard let image = firstPath(attributes.object("well"), "images") else {
        return InputError(path, "is a well that lists no image")
      }
      return InputError(path, "is a well; name one of its images, \(example(image))")
    }
    if attributes["bioformats2raw.layout"] != nil {
      let series = Self(of: path + "/OME")?.attributes.list("series") as? [String]
      let image = series?.first { Self.isInside($0) } ?? "0"
      return InputError(path, "is a set of images; name one of them, \(example(image))")
    }
    if let labels = attributes.list("labels") as? [String],
      let name = labels.first(where: Self.isInside)
    {
      return InputError(path, "is a set of label images; name one of them, \(example(name))")
    }
    return InputError(path, "is not an OME-Zarr image (its attributes have no multiscales)")
  }

  /// The first path in a list of objects that have one and stay inside.
  private func firstPath(_ object: JSONObject?, _ key: String) -> String? {
    (object?.objects(key) ?? []).lazy.compactMap { $0.text("path") }.first(where: Self.isInside)
  }

  /// The names of the label images of an image.
  static func labels(of folder: String) throws(InputError) -> [String] {
    let names = ZarrGroup(of: folder + "/labels")?.attributes.list("labels") ?? []
    return try names.compactMap { $0 as? String }.map { name throws(InputError) in
      guard isInside(name) else {
        throw InputError(folder, "has a label image outside of the image, '\(name.prefix(60))'")
      }
      return name
    }
  }

  /// Whether a path inside of a folder stays there.
  static func isInside(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return !name.isEmpty && !name.hasPrefix("/") && !parts.contains("..") && !name.contains("\0")
  }

  /// A file of metadata; nil where there is none, or it is absurdly large.
  static func contents(_ path: String) -> Data? {
    guard let status = try? FileStatus(of: path), status.kind == .file, status.size <= 64 << 20
    else { return nil }
    return try? FileSystem.contents(of: path)
  }
}

import Compute
import Foundation
import Microscopy
import Morphometry

extension ImageReport {
  /// Several lines for people: the path, and below it, indented, what is known about the file.
  package var text: String {
    var lines = [
      ("format", formatText),
      ("axes", axes + ", " + shape.map(String.init).joined(separator: " × ")),
      ("samples", samplesText + (areLabels ? ", labels" : "")),
      ("compression", "\(compression), \(layout)"),
      ("voxel size", scaleText),
    ]
    if frames > 1 || calibration.frameInterval != nil {
      lines.append(
        ("interval", calibration.frameInterval.map { "\($0) s from frame to frame" } ?? "unknown"))
    }
    lines += notes.map { ("note", $0) }
    if channelDescriptions.contains(where: { $0.name != nil || $0.color != nil }) {
      let channels = channelDescriptions.enumerated().map { number, channel in
        "\(number + 1)" + (channel.name.map { " \($0.onOneLine(limit: 80))" } ?? "")
          + (channel.color.map { " #\($0.hexadecimal)" } ?? "")
      }
      lines.insert(("channels", channels.joined(separator: ", ")), at: 2)
    }
    let width = lines.map(\.0.count).max() ?? 0
    return
      ([path.visible()]
      + lines.map {
        "  " + $0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $1.visible()
      })
      .joined(separator: "\n")
  }

  /// The report as a JSON object, with the facts of ``text`` under stable keys.
  package var json: JSONValue {
    let edges = [calibration.x, calibration.y, calibration.z]
    let size = calibration.voxelSize
    return .object([
      .init("file", .text(path)), .init("format", .text(format)), .init("dialect", .text(dialect)),
      .init("shape", .list(shape.map(JSONValue.integer))), .init("axes", .text(axes)),
      .init("dtype", .text(type.numpyName)), .init("frames", .integer(frames)),
      .init("channels", .integer(channels)), .init("bits_per_sample", .integer(type.bits)),
      .init("color", .text(color)), .init("compression", .text(compressionKey)),
      .init("layout", .text(layout)), .init("byte_order", .text(byteOrder)),
      .init("pages", .integer(pages)), .init("bytes", JSONValue(byteCount)),
      .init(
        "voxel_size_um",
        size.map { .list([.number($0.x), .number($0.y), .number($0.z)]) } ?? .null),
      .init("edges_um", .list(edges.map(JSONValue.init))),
      .init("scale_source", JSONValue(calibration.source?.rawValue)),
      .init("frame_interval_s", JSONValue(calibration.frameInterval)),
      .init("scale_doubts", .list(calibration.doubts.map(JSONValue.text))),
      .init("notes", .list(notes.map(JSONValue.text))), .init("labels", .flag(areLabels)),
      .init("channel_names", .list(channelDescriptions.map { JSONValue($0.name) })),
      .init("channel_colors", .list(channelDescriptions.map { JSONValue($0.color?.hexadecimal) })),
    ])
  }

  /// The name of the codec in other programs: `deflate`, `zstd`, `none`.
  private var compressionKey: String {
    compression == "Zstandard" ? "zstd" : compression.lowercased()
  }

  private var formatText: String {
    let count = pages.counted(dialect == "ngff" ? "level" : "page")
    let size = byteCount.map { ", " + Self.size($0) } ?? ""
    return "\(format), \(byteOrder)-endian, \(count)\(size)"
  }

  private var samplesText: String {
    let kind = type == .bit ? "bits" : type.isUnsigned ? "unsigned integers" : "signed integers"
    let text = "\(type.bits)-bit " + (type.isInteger ? kind : "floats")
    switch color {
    case TIFFColor.minIsBlack.rawValue: return text
    case TIFFColor.palette.rawValue: return text + " (with a color table, which is ignored)"
    case TIFFColor.minIsWhite.rawValue: return text + " (shown inverted; read as stored)"
    case TIFFColor.luminance.rawValue: return text + " (logarithmic luminance)"
    default: return text + " (colors, read as \(channels.counted("channel")))"
    }
  }

  private var scaleText: String {
    let source =
      switch calibration.source {
      case .imageJ: "from ImageJ's description and the resolution tags"
      case .ome: "from the OME-XML"
      case .tifffile: "from tifffile's description and the resolution tags"
      case .ngff: "from the coordinate transformations"
      case nil: ""
      }
    if let size = calibration.voxelSize { return "\(size), \(source)" }
    if let stated = calibration.impossibleScale { return "unknown: the file \(stated)" }
    let known = [("x", calibration.x), ("y", calibration.y), ("z", calibration.z)]
    let stated = known.compactMap { name, edge in edge.map { "\(name) \($0) µm" } }
    let missing = known.filter { $0.1 == nil }.map(\.0).joined(separator: ", ")
    let reasons = calibration.doubts.map { $0.onOneLine() }.joined(separator: "; ")
    if stated.isEmpty {
      return "unknown: \(reasons.isEmpty ? "not stated in the file" : reasons)"
    }
    return "\(stated.joined(separator: ", ")), \(source); \(missing) "
      + (reasons.isEmpty ? "not stated" : "unknown: \(reasons)")
  }

  private static func size(_ bytes: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? bytes.counted("byte") : "\(String(format: "%.1f", value)) \(units[unit])"
  }
}

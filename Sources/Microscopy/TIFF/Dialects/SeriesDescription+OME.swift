import Compute

extension SeriesDescription {
  /// OME-XML of the schema of June 2016, planes in T, C, Z order.
  var omeXML: String {
    var attributes = [
      ("ID", "Pixels:0"), ("DimensionOrder", "XYZCT"), ("Type", omeTypeName),
      ("SizeX", "\(extent.width)"), ("SizeY", "\(extent.height)"), ("SizeZ", "\(extent.depth)"),
      ("SizeC", "\(channels)"), ("SizeT", "\(frames)"),
      ("BigEndian", 1.littleEndian == 1 ? "false" : "true"), ("Interleaved", "false"),
    ]
    for (axis, edge) in [("X", calibration.x), ("Y", calibration.y), ("Z", calibration.z)] {
      guard let edge else { continue }
      attributes.append(("PhysicalSize\(axis)", "\(edge)"))
      attributes.append(("PhysicalSize\(axis)Unit", "µm"))
    }
    if let interval = calibration.frameInterval {
      attributes += [("TimeIncrement", "\(interval)"), ("TimeIncrementUnit", "s")]
    }
    let channel = channelDescriptions.enumerated().map { number, channel in
      "<Channel ID=\"Channel:0:\(number)\""
        + (channel.name.map { " Name=\"\($0.escapedForXML(.attribute))\"" } ?? "")
        + (channel.color.map { " Color=\"\($0.rgba)\"" } ?? "") + " SamplesPerPixel=\"1\"/>"
    }.joined()
    let planes = frames * channels * extent.depth
    let schema = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      + "<OME xmlns=\"\(schema)\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      + "xsi:schemaLocation=\"\(schema) \(schema)/ome.xsd\" Creator=\"Morula\">"
      + "<Image ID=\"Image:0\" Name=\"\(name.escapedForXML(.attribute))\">"
      + "<Pixels " + attributes.map { "\($0)=\"\($1)\"" }.joined(separator: " ") + ">" + channel
      + "<TiffData IFD=\"0\" PlaneCount=\"\(planes)\"/></Pixels>"
      + (areLabels ? Self.labelMark : "</Image>") + "</OME>"
  }

  /// The namespace of the annotation that says that an image holds labels.
  static let labelNamespace = "morula/labels"

  /// The end of an image of labels, and the annotation that says so.
  private static let labelMark =
    "<AnnotationRef ID=\"Annotation:0\"/></Image><StructuredAnnotations>"
    + "<MapAnnotation ID=\"Annotation:0\" Namespace=\"\(labelNamespace)\"><Value>"
    + "<M K=\"background\">0</M></Value></MapAnnotation></StructuredAnnotations>"

  private var omeTypeName: String {
    switch type {
    case .float32: "float"
    case .float64: "double"
    default: type.rawValue
    }
  }
}

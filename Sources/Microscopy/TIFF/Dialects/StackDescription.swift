/// What the first page's ImageDescription says about the pages of a file.
struct StackDescription: Sendable {
  var dialect = TIFFDialect.plain
  /// The axes from the slowest to the fastest, with their lengths; empty where nothing is said.
  var axes: [(axis: StackAxis, count: Int)] = []
  /// Width and height as described, to be compared with the pages.
  var frame: (width: Int, height: Int)?
  var calibration = Calibration.none
  /// What is said about the channels, none or one for each.
  var channels: [ImageChannel] = []
  /// Whether the image says that it holds labels.
  var areLabels = false
  /// OME's map of planes: page for (t, z, c), which need not follow the order of the axes.
  var planes: [Plane: Int]?
  /// Whether one page may stand for a contiguous run of them (ImageJ above 4 GB, tifffile
  /// truncated).
  var mayBeContiguous = false
  /// The number of pages that is stated beside the axes.
  var statedPages: Int?
  /// What the user should know about the description, one line each.
  var notes: [String] = []

  /// A plane of the stack, counted from 0.
  struct Plane: Hashable, Sendable {
    var t: Int
    var z: Int
    var c: Int

    /// The plane for messages, counted from 1.
    var text: String { "frame \(t + 1), channel \(c + 1), plane \(z + 1)" }

    subscript(axis: StackAxis) -> Int {
      get {
        switch axis {
        case .t: t
        case .z: z
        case .c: c
        }
      }
      set {
        switch axis {
        case .t: t = newValue
        case .z: z = newValue
        case .c: c = newValue
        }
      }
    }
  }

  /// The length of an axis, 1 where it is not described.
  func count(_ axis: StackAxis) -> Int { axes.first { $0.axis == axis }?.count ?? 1 }

  /// The number of planes described, nil where it overflows.
  var planeCount: Int? {
    var product = 1
    for (_, count) in axes {
      let (value, overflow) = product.multipliedReportingOverflow(by: count)
      if overflow || count < 1 { return nil }
      product = value
    }
    return product
  }
}

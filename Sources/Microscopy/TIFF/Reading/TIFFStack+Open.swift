import Compute
import Foundation

extension TIFFStack {
  /// Opens a file: reads its metadata, lists its pages and checks that they fit together and that
  /// each strip or tile has data of its own in the file.
  ///
  /// No pixel is read. `limits` bound the volume that may be read later.
  public init(opening path: String, limits: ImageLimits = .current) throws(TIFFError) {
    let handle = try TIFFHandle(reading: path)
    let first = handle.page
    let type = try first.checked(path: path, page: 1, limits: limits)
    try TIFFVariant.check(handle)
    _ = try handle.leftPredictor(of: first, type: type, number: 1)
    var description = try Self.description(of: handle, first)
    let pages = try TIFFPageList(of: handle, first: first, type: type, description: description)

    let planes = try Self.fit(&description, to: first, pages: pages.offsets.count, path: path)
    contiguousOffset = try pages.contiguousOffset(description, planes: planes)
    if contiguousOffset == nil, let problem = pages.firstProblem { throw problem }
    let extent = Extent(
      depth: description.count(.z), height: first.height, width: first.width)
    guard extent.depth <= limits.maximumVoxels / (first.height * first.width) else {
      throw TIFFError(
        .tooLarge, path, expected: "at most \(limits.maximumVoxels) voxels",
        found: "\(extent) (z, y, x)", advice: .raiseVoxelLimit)
    }
    if contiguousOffset == nil { try pages.checkExpansion(of: extent, limits) }
    self.path = path
    offsets = pages.offsets
    self.description = description
    self.limits = limits
    info = TIFFInfo(
      dialect: description.dialect, order: description.axes.map(\.axis),
      frames: description.count(.t), channels: description.count(.c) * first.samplesPerPixel,
      extent: extent, sampleType: type, samplesPerPixel: first.samplesPerPixel,
      isPlanar: first.isPlanar, color: first.color,
      byteOrder: handle.isBigEndian ? .bigEndian : .littleEndian,
      isBigTIFF: handle.isBigTIFF, isTiled: first.tileWidth != nil,
      compression: first.compressionName, pages: pages.pageCount,
      byteCount: Int(handle.fileSize), calibration: description.calibration,
      notes: (description.notes + pages.notes).map { $0.onOneLine() })
  }

  /// What the first text of the first page says that Morula understands.
  private static func description(
    of handle: TIFFHandle, _ page: TIFFPage
  ) throws(TIFFError) -> StackDescription {
    let resolution = handle.resolution
    do throws(DescriptionProblem) {
      for text in handle.imageDescriptions {
        if var imageJ = try StackDescription(imageJ: text, resolution: resolution) {
          imageJ.channels = handle.imageJMetadata?.channels(imageJ.count(.c)) ?? []
          return imageJ
        }
        let name = (handle.path as NSString).lastPathComponent
        if let ome = try StackDescription(ome: text, file: name, samples: page.samplesPerPixel) {
          return ome
        }
        let tifffile = StackDescription(
          tifffile: text, resolution: resolution, samples: page.samplesPerPixel,
          isPlanar: page.isPlanar)
        if let tifffile { return tifffile }
      }
    } catch {
      throw TIFFError(
        .contradictory, handle.path, page: 1, expected: error.expected, found: error.found,
        advice: error.advice)
    }
    return StackDescription()
  }

  /// Completes the description by what the pages are; returns the number of planes.
  private static func fit(
    _ description: inout StackDescription, to page: TIFFPage, pages: Int, path: String
  ) throws(TIFFError) -> Int {
    if let frame = description.frame, frame != (page.width, page.height) {
      guard description.dialect == .ome else {
        // A shape that another program left behind when it changed the image.
        description = StackDescription()
        return try fit(&description, to: page, pages: pages, path: path)
      }
      throw TIFFError(
        .contradictory, path, page: 1,
        expected: "\(frame.width) × \(frame.height) pixels as in the OME-XML",
        found: "\(page.width) × \(page.height)",
        advice: "save the file again with the program that made it")
    }
    // Without a word on axes, or with one on a single plane, the pages are planes.
    if description.axes.isEmpty || (description.planeCount == 1 && description.dialect != .ome) {
      description.axes = [(.t, 1), (.z, pages), (.c, 1)]
    }
    guard let planes = description.planeCount, planes <= 1 << 40 else {
      throw TIFFError(
        .contradictory, path, page: 1, expected: "positive numbers of frames, planes and channels",
        found: description.axes.map { "\($0.axis.rawValue) = \($0.count)" }.joined(separator: ", "),
        advice: "save the file again with the program that made it")
    }
    if let stated = description.statedPages, stated != planes, planes == pages {
      description.notes.append(
        "ImageJ's description says images=\(stated), but its axes and the file have \(planes)")
    }
    return planes
  }

  /// The error for a page (from 0) that is no longer where it was.
  func changedError(page: Int) -> TIFFError {
    TIFFError(
      .contradictory, path, page: page + 1, expected: "the page that was there", found: "another",
      advice: "the file changed while it was read: read it again")
  }

  /// Throws unless a page (from 0) has the geometry the stack was opened with.
  func checkAlike(_ tags: TIFFPage, type: SampleType, page: Int) throws(TIFFError) {
    guard tags.width == info.extent.width, tags.height == info.extent.height,
      type == info.sampleType, tags.samplesPerPixel == info.samplesPerPixel,
      tags.isPlanar == info.isPlanar
    else {
      throw TIFFError(
        .contradictory, path, page: page + 1,
        expected: "\(info.extent.width) × \(info.extent.height) pixels of \(info.sampleType)",
        found: "\(tags.width) × \(tags.height) of \(type)",
        advice: "the file changed while it was read: read it again")
    }
  }

  /// Throws unless the file has this channel and frame, both from 0.
  func checkSelection(channel: Int, frame: Int) throws(TIFFError) {
    for (name, value, count) in [
      ("channel", channel, info.channels), ("frame", frame, info.frames),
    ]
    where !(0..<count).contains(value) {
      throw TIFFError(
        .selection, path, expected: "one of \(count.counted(name))",
        found: "number \(value + 1)", advice: "choose a \(name) that the file has")
    }
  }
}

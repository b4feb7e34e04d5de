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
    let block = handle.firstBlock
    var description = try Self.description(of: handle, first)

    var offsets: [UInt64] = []
    var seen: Set<UInt64> = []
    var stored: UInt64 = 0
    // What is wrong with page 1 does not matter where it only heads a run of bare voxels.
    var firstProblem: TIFFError?
    let used = description.planes.map { Set($0.values) }
    repeat {
      let page = offsets.count + 1
      guard seen.insert(handle.directoryOffset).inserted, offsets.count < Self.maximumPages else {
        throw TIFFError(
          .corrupt, path, page: page, expected: "a new page", found: "a list of pages that loops",
          advice: "the file is damaged: save it with the program that made it")
      }
      offsets.append(handle.directoryOffset)
      // OME-TIFF may hold further images of other sizes behind the one that is read.
      if page > 1, used.map({ !$0.contains(page - 1) }) ?? false { continue }
      do throws(TIFFError) {
        let tags = page == 1 ? first : handle.page
        try handle.checkEntries(number: page)
        if page > 1 { try Self.checkAlike(tags, first, path: path, page: page) }
        stored += try handle.checkBlocks(of: tags, type: type, number: page)
      } catch {
        if page > 1 { throw error }
        firstProblem = error
      }
    } while try handle.nextPage(offsets.count + 1)

    let planes = try Self.fit(&description, to: first, pages: offsets.count, path: path)
    contiguousOffset = try Self.contiguousOffset(
      description, planes: planes, pages: offsets.count, page: first, type: type,
      offset: block.offset, path: path)
    if contiguousOffset == nil, let firstProblem { throw firstProblem }
    let extent = Extent(
      depth: description.count(.z), height: first.height, width: first.width)
    guard extent.depth <= limits.maximumVoxels / (first.height * first.width) else {
      throw TIFFError(
        .tooLarge, path, expected: "at most \(limits.maximumVoxels.counted("voxel"))",
        found: "\(extent) (z, y, x)", advice: .raiseVoxelLimit)
    }
    if contiguousOffset == nil {
      let pages = used?.count ?? offsets.count
      let samples = first.isPlanar ? first.samplesPerPixel : 1
      let page = Double(first.byteCount(of: type))
      // OME-XML may name one page for many planes.
      let decoded = max(Double(pages) * Double(samples), Double(extent.depth)) * page
      // As float32, or as they are; with two pages on their way.
      let memory = Double(extent.count) * max(4, Double(type.bits) / 8) + 2 * page
      if ImageLimits.isSuspicious(voxels: extent.count, memory: memory) {
        try Self.checkExpansion(
          of: extent, stored: stored, decoded: decoded, limits: limits, path: path)
      }
    }
    self.path = path
    self.offsets = offsets
    self.description = description
    self.limits = limits
    info = TIFFInfo(
      dialect: description.dialect, order: description.axes.map(\.axis),
      frames: description.count(.t), channels: description.count(.c) * first.samplesPerPixel,
      extent: extent, sampleType: type, samplesPerPixel: first.samplesPerPixel,
      isPlanar: first.isPlanar, color: first.color,
      byteOrder: handle.isBigEndian ? .bigEndian : .littleEndian,
      isBigTIFF: handle.isBigTIFF, isTiled: first.tileWidth != nil,
      compression: first.compressionName, pages: offsets.count,
      byteCount: Int(handle.fileSize), calibration: description.calibration)
  }

  /// Throws where a large volume takes so few bytes that it may be made to fill the memory.
  private static func checkExpansion(
    of extent: Extent, stored: UInt64, decoded: Double, limits: ImageLimits, path: String
  ) throws(TIFFError) {
    guard let most = limits.largestExpansion, decoded > Double(most) * Double(stored) else {
      return
    }
    throw TIFFError(
      .tooLarge, path,
      expected: "large volumes that shrink to 1/\(most) at most",
      found: "\(stored.counted("byte")) that stand for \(Int(decoded))",
      advice: .trust(voxels: extent.count))
  }

  /// More pages than any microscope writes into one file; libtiff's own bound on the list of pages.
  static let maximumPages = 1 << 20

  private static func description(
    of handle: TIFFHandle, _ page: TIFFPage
  ) throws(TIFFError) -> StackDescription {
    guard let text = handle.imageDescription else { return StackDescription() }
    if let imageJ = StackDescription(imageJ: text, resolution: handle.resolution) { return imageJ }
    do throws(StackDescription.OMEProblem) {
      if let ome = try StackDescription(ome: text, samples: page.samplesPerPixel) { return ome }
    } catch {
      throw TIFFError(
        .contradictory, handle.path, page: 1, expected: error.expected, found: error.found,
        advice: error.advice)
    }
    return StackDescription(
      tifffile: text, resolution: handle.resolution, resolutionUnit: handle.resolutionUnit,
      samples: page.samplesPerPixel, isPlanar: page.isPlanar)
      ?? StackDescription()
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
    return planes
  }

  /// Where the planes begin when one page stands for all of them; checks the number of planes.
  private static func contiguousOffset(
    _ description: StackDescription, planes: Int, pages: Int, page: TIFFPage, type: SampleType,
    offset: UInt64, path: String
  ) throws(TIFFError) -> UInt64? {
    if planes == pages || description.planes != nil { return nil }
    if page.isPlanar, pages < planes {
      throw TIFFError(
        .unsupported, path, expected: "\(planes.counted("page")), as its description says",
        found: "\(pages) of planar colors", advice: "save the stack with one page per plane")
    }
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? NSNumber
    let available = (size?.uint64Value ?? 0) - min(offset, size?.uint64Value ?? 0)
    if pages == 1, description.mayBeContiguous, page.compression == TIFFPage.uncompressed,
      page.tileWidth == nil, type.bits >= 8
    {
      let (needed, overflow) = UInt64(planes).multipliedReportingOverflow(
        by: UInt64(page.byteCount(of: type)))
      guard !overflow, needed <= available else {
        throw TIFFError(
          .corrupt, path, expected: "\(planes.counted("plane")), as its description says",
          found: "data for \(Int(available) / page.byteCount(of: type))",
          advice: "the file is incomplete: copy it again")
      }
      return offset
    }
    throw TIFFError(
      pages < planes ? .corrupt : .contradictory, path,
      expected: "\(planes.counted("page")), as its description says", found: "\(pages)",
      advice: pages < planes
        ? "the file is incomplete: copy it again" : "save it with one description for all pages")
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

  private static func checkAlike(
    _ page: TIFFPage, _ first: TIFFPage, path: String, page number: Int
  ) throws(TIFFError) {
    func text(_ page: TIFFPage) -> String {
      "\(page.width) × \(page.height) pixels of \(page.sampleType?.rawValue ?? "another type")"
        + (page.samplesPerPixel == 1
          ? "" : ", \(page.samplesPerPixel) \(page.isPlanar ? "planar " : "")samples each")
    }
    guard page.width == first.width, page.height == first.height,
      page.sampleType == first.sampleType,
      page.samplesPerPixel == first.samplesPerPixel, page.isPlanar == first.isPlanar
    else {
      throw TIFFError(
        .contradictory, path, page: number, expected: "\(text(first)) as on page 1",
        found: text(page), advice: "save images of different sizes or types as separate files")
    }
  }

  /// Throws unless the file has this channel and frame, both from 0.
  func checkSelection(channel: Int, frame: Int) throws(TIFFError) {
    for (name, value, count) in [
      ("channel", channel, info.channels), ("frame", frame, info.frames),
    ]
    where !(0..<count).contains(value) {
      throw TIFFError(
        .selection, path, expected: "a \(name) in 0…\(count - 1)", found: "\(name) \(value)",
        advice: "choose a \(name) that the file has")
    }
  }
}

import Compute
import Foundation

/// The pages of a file, which are walked through once, from the first to the last.
struct TIFFPageList {
  let path: String
  /// The first page, which all others are like.
  let first: TIFFPage
  let type: SampleType
  /// The pages (from 0) that the description names, nil for all.
  let used: Set<Int>?
  /// Where the directory of each page lies; of several series of tifffile those of the first.
  private(set) var offsets: [UInt64] = []
  /// The pages in the file.
  private(set) var pageCount = 0
  /// The series of tifffile that follow the first one: page (from 1) and description.
  private var series: [(page: Int, text: String)] = []
  /// The bytes that the blocks of the pages take in the file.
  private(set) var stored: UInt64 = 0
  /// What is wrong with page 1, which does not matter where it only heads a run of bare voxels.
  private(set) var firstProblem: TIFFError?
  /// Where the first block of page 1 lies.
  private let firstBlock: UInt64

  /// Walks through the pages of a file that stands at its first one; checks that they are alike and
  /// that each strip or tile has data of its own in the file.
  ///
  /// tifffile writes several arrays into one file as series of pages, each of which begins with a
  /// description; the first one is read.
  init(
    of handle: TIFFHandle, first: TIFFPage, type: SampleType, description: StackDescription
  ) throws(TIFFError) {
    path = handle.path
    self.first = first
    self.type = type
    used = description.planes.map { Set($0.values) }
    firstBlock = handle.firstBlock.offset
    var seen: Set<UInt64> = []
    repeat {
      let page = pageCount + 1
      guard seen.insert(handle.directoryOffset).inserted, pageCount < Self.maximumPages else {
        throw TIFFError(
          .corrupt, path, page: page, expected: "a new page", found: "a list of pages that loops",
          advice: "the file is damaged: save it with the program that made it")
      }
      pageCount = page
      if page > 1, description.dialect == .tifffile,
        let text = handle.imageDescriptions.first(where: StackDescription.isTifffile),
        // Planes that were written one by one are a stack.
        !series.isEmpty || description.planeCount != 1 || !isAlike(handle.page)
      {
        series.append((page, text))
      }
      if !series.isEmpty { continue }
      offsets.append(handle.directoryOffset)
      // OME-TIFF may hold further images of other sizes behind the one that is read.
      if page > 1, used.map({ !$0.contains(page - 1) }) ?? false { continue }
      do throws(TIFFError) {
        let tags = page == 1 ? first : handle.page
        try handle.checkEntries(number: page)
        if page > 1 { try checkAlike(tags, page: page) }
        stored += try handle.checkBlocks(of: tags, type: type, number: page)
      } catch {
        if page > 1 { throw error }
        firstProblem = error
      }
    } while try handle.nextPage(pageCount + 1)
  }

  /// What the user should know about the pages, one line each.
  var notes: [String] {
    guard !series.isEmpty else { return [] }
    let others = series.map { page, text in
      let shape = StackDescription.shape(tifffile: text).map { " (\($0))" } ?? ""
      return "page \(page)\(shape)"
    }
    return [
      "the file holds \(series.count + 1) images: the first is read, with the pages up to "
        + "\(offsets.count); the others begin at \(InputError.list(others)); save them as files of "
        + "their own to read them"
    ]
  }

  /// More pages than any microscope writes into one file; libtiff's own bound on the list of pages.
  static let maximumPages = 1 << 20

  /// Where the planes begin when one page stands for all of them; checks the number of planes.
  func contiguousOffset(
    _ description: StackDescription, planes: Int
  ) throws(TIFFError) -> UInt64? {
    let (pages, page) = (offsets.count, first)
    if planes == pages || description.planes != nil { return nil }
    if page.isPlanar, pages < planes {
      throw TIFFError(
        .unsupported, path, expected: "\(planes) pages, as its description says",
        found: "\(pages) of planar colors", advice: "save the stack with one page per plane")
    }
    let size = UInt64((try? FileStatus(of: path))?.size ?? 0)
    let available = size - min(firstBlock, size)
    if pages == 1, description.mayBeContiguous, page.compression == TIFFPage.uncompressed,
      page.tileWidth == nil, type.bits >= 8
    {
      let (needed, overflow) = UInt64(planes).multipliedReportingOverflow(
        by: UInt64(page.byteCount(of: type)))
      guard !overflow, needed <= available else {
        throw TIFFError(
          .corrupt, path, expected: "\(planes) planes, as its description says",
          found: "data for \(Int(clamping: available) / page.byteCount(of: type))",
          advice: "the file is incomplete: copy it again")
      }
      return firstBlock
    }
    throw TIFFError(
      pages < planes ? .corrupt : .contradictory, path,
      expected: "\(planes) pages, as its description says", found: "\(pages)",
      advice: pages < planes
        ? "the file is incomplete: copy it again" : "save it with one description for all pages")
  }

  /// Throws where a large volume takes so few bytes that it may be made to fill the memory.
  func checkExpansion(of extent: Extent, _ limits: ImageLimits) throws(TIFFError) {
    let pages = used?.count ?? offsets.count
    let samples = first.isPlanar ? first.samplesPerPixel : 1
    let page = Double(first.byteCount(of: type))
    // OME-XML may name one page for many planes.
    let decoded = max(Double(pages) * Double(samples), Double(extent.depth)) * page
    // As float32, or as they are; with two pages on their way.
    let memory = Double(extent.count) * max(4, Double(type.bits) / 8) + 2 * page
    guard ImageLimits.isSuspicious(voxels: extent.count, memory: memory),
      let limit = limits.largestExpansion, decoded > Double(limit) * Double(stored)
    else { return }
    throw TIFFError(
      .tooLarge, path,
      expected: "large volumes that shrink to 1/\(limit) at most",
      found: "\(stored.counted("byte")) that stand for \(Int(clamped: decoded))",
      advice: .trust(voxels: extent.count))
  }

  /// Whether a page has the extents and the samples of the first one.
  private func isAlike(_ page: TIFFPage) -> Bool {
    page.width == first.width && page.height == first.height
      && page.sampleType == first.sampleType && page.samplesPerPixel == first.samplesPerPixel
      && page.isPlanar == first.isPlanar
  }

  private func checkAlike(_ page: TIFFPage, page number: Int) throws(TIFFError) {
    func text(_ page: TIFFPage) -> String {
      "\(page.width) × \(page.height) pixels of \(page.sampleType?.rawValue ?? "another type")"
        + (page.samplesPerPixel == 1
          ? "" : ", \(page.samplesPerPixel) \(page.isPlanar ? "planar " : "")samples each")
    }
    guard isAlike(page) else {
      throw TIFFError(
        .contradictory, path, page: number, expected: "\(text(first)) as on page 1",
        found: text(page), advice: "save images of different sizes or types as separate files")
    }
  }
}

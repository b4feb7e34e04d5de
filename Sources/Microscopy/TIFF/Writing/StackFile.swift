/// A TIFF that grows page by page.
protocol StackFile: AnyObject {
  /// Appends a page, row by row in this machine's byte order.
  func append(_ plane: [UInt8]) throws(TIFFError)
  /// Gives the first page its description and brings everything to the disk.
  func finish(description: String) throws(TIFFError)
}

/// What all pages of a stack share.
struct StackPage {
  var width: Int
  var height: Int
  var type: SampleType
  var compression: TIFFCompression
  /// The edges of a pixel in µm, nil where unknown.
  var pixelSize: (x: Double, y: Double)?
  /// What the first page tells ImageJ beside its description.
  var metadata: ImageJMetadata?

  /// The bytes of a page before compression.
  var byteCount: Int { type.rowBytes(width: width) * height }
}

/// A compressed stack, written by libtiff.
final class CompressedStackFile: StackFile {
  private let handle: TIFFHandle
  private let page: StackPage
  private var description: String
  private var pages = 0

  /// Creates a file; `description` is what the first page says until the stack is finished.
  init(_ path: String, page: StackPage, isBig: Bool, description: String) throws(TIFFError) {
    handle = try TIFFHandle(writing: path, big: isBig)
    self.page = page
    self.description = description
  }

  func append(_ plane: [UInt8]) throws(TIFFError) {
    try handle.write(plane: plane, page: page, description: pages == 0 ? description : nil)
    pages += 1
  }

  func finish(description: String) throws(TIFFError) {
    if description != self.description { try handle.rewriteFirstPage(description: description) }
    try handle.synchronize()
  }
}

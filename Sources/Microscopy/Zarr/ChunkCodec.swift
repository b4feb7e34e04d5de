import CCodecs

/// How the bytes of a Zarr chunk are compressed: the only place where the codecs' libraries are
/// called.
package enum ChunkCodec: String, Sendable, Hashable {
  /// Not at all.
  case none
  /// Blosc: shuffled blocks of LZ4, Zstandard and others.
  case blosc
  /// Zstandard.
  case zstd
  /// Deflate with zlib's header.
  case zlib
  /// Deflate with gzip's header.
  case gzip

  /// Decodes a chunk of `size` bytes; nil where the data are damaged or stand for another size.
  ///
  /// No more than `size` bytes are ever written, whatever the data claim.
  package func decode(_ data: [UInt8], size: Int) -> [UInt8]? {
    if self == .none { return data.count == size ? data : nil }
    if size == 0 { return [] }
    var output = [UInt8](repeating: 0, count: size)
    let isWhole = unsafe data.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        switch self {
        case .none: return false
        case .blosc:
          var stored = 0
          // Damaged headers are found before anything is decoded.
          guard unsafe blosc_cbuffer_validate(input.baseAddress, input.count, &stored) == 0,
            stored == size
          else { return false }
          return unsafe blosc_decompress_ctx(input.baseAddress, output.baseAddress, size, 1) == size
        case .zstd:
          return unsafe ZSTD_decompress(output.baseAddress, size, input.baseAddress, input.count)
            == size
        case .zlib, .gzip:
          return unsafe morula_inflate(input.baseAddress, input.count, output.baseAddress, size)
            != 0
        }
      }
    }
    return isWhole ? output : nil
  }

  /// A chunk as Blosc with Zstandard, its bytes shuffled by the size of a sample, as most programs
  /// write OME-Zarr; nil where it is larger than Blosc takes (2 GiB).
  package static func blosc(_ chunk: [UInt8], sampleSize: Int) -> [UInt8]? {
    var output = [UInt8](repeating: 0, count: chunk.count + Int(BLOSC_MAX_OVERHEAD))
    let count = unsafe chunk.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        unsafe blosc_compress_ctx(
          bloscLevel, sampleSize > 1 ? BLOSC_SHUFFLE : BLOSC_NOSHUFFLE, sampleSize, input.count,
          input.baseAddress, output.baseAddress, output.count, bloscCompressor, 0, 1)
      }
    }
    guard count > 0 else { return nil }
    output.removeLast(output.count - Int(count))
    return output
  }

  /// The level that chunks are written at, and the compressor inside Blosc.
  package static let bloscLevel: Int32 = 5
  package static let bloscCompressor = "zstd"
}

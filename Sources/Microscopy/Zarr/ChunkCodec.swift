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
  /// A block of LZ4 after its size, as numcodecs writes it.
  case lz4

  /// Decodes what takes `limit` bytes at most, of a size that only the data know; nil where they
  /// are damaged or take more. `size` is a first guess.
  package func decode(_ data: [UInt8], size: Int, limit: Int) -> [UInt8]? {
    switch self {
    case .none: return data.count <= limit ? data : nil
    case .lz4: return LZ4Block.decode(data, limit: limit)
    case .blosc:
      var stored = 0
      let isValid = unsafe data.withUnsafeBytes {
        unsafe blosc_cbuffer_validate($0.baseAddress, $0.count, &stored) == 0
      }
      return isValid && stored <= limit ? decode(data, size: stored) : nil
    case .zstd, .zlib, .gzip:
      var capacity = min(max(size, 1), limit)
      while true {
        var output = [UInt8](repeating: 0, count: capacity)
        var count = 0
        let result = unsafe data.withUnsafeBytes { input in
          unsafe output.withUnsafeMutableBytes { output in
            unsafe self == .zstd
              ? morula_zstd(
                input.baseAddress, input.count, output.baseAddress, output.count, &count)
              : morula_inflate(
                input.baseAddress, input.count, output.baseAddress, output.count, &count)
          }
        }
        if result == MORULA_DECODED { return Array(output.prefix(count)) }
        guard result == MORULA_NEEDS_ROOM, capacity < limit else { return nil }
        capacity = min(2 * capacity, limit)
      }
    }
  }

  /// Decodes a chunk of `size` bytes; nil where the data are damaged or stand for another size.
  ///
  /// No more than `size` bytes are ever written, whatever the data claim.
  package func decode(_ data: [UInt8], size: Int) -> [UInt8]? {
    if self == .none { return data.count == size ? data : nil }
    if size == 0 { return [] }
    if self == .lz4 {
      return LZ4Block.decode(data, limit: size).flatMap { $0.count == size ? $0 : nil }
    }
    var output = [UInt8](repeating: 0, count: size)
    let isWhole = unsafe data.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        switch self {
        case .none, .lz4: return false
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
          var count = 0
          return unsafe morula_inflate(
            input.baseAddress, input.count, output.baseAddress, size, &count) == MORULA_DECODED
            && count == size
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

/// The checksum of Zarr's `crc32c` codec (Castagnoli's polynomial, RFC 3720).
enum CRC32C {
  private static let table = (0..<256).map { index -> UInt32 in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 0 ? value >> 1 : value >> 1 ^ 0x82F6_3B78
    }
  }

  /// The checksum of bytes.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var value = UInt32.max
    for byte in bytes { value = value >> 8 ^ table[Int((value ^ UInt32(byte)) & 255)] }
    return ~value
  }

  /// The bytes before a checksum of four, least significant first; nil if it does not fit them.
  static func stripped(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 4 else { return nil }
    let content = bytes.dropLast(4)
    let stored = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return stored == checksum(content) ? [UInt8](content) : nil
  }
}

/// The block format of LZ4, as numcodecs stores it: four bytes of size, then one block.
///
/// LZ4 inside of Blosc is Blosc's own business; the library of LZ4 itself is not among Morula's.
enum LZ4Block {
  /// Decodes a chunk; nil where it is damaged or would take more than `limit` bytes.
  static func decode(_ data: [UInt8], limit: Int) -> [UInt8]? {
    guard data.count >= 4 else { return nil }
    let size = Int(data[0]) | Int(data[1]) << 8 | Int(data[2]) << 16 | Int(data[3]) << 24
    guard size <= limit else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(size)
    var position = 4
    /// A length of 15 goes on in the following bytes, up to the first that is not 255.
    func length(_ first: UInt8) -> Int? {
      var length = Int(first)
      guard length == 15 else { return length }
      while position < data.count {
        let byte = data[position]
        position += 1
        length += Int(byte)
        if byte < 255 { return length }
      }
      return nil
    }
    while position < data.count {
      let token = data[position]
      position += 1
      guard let literals = length(token >> 4), literals <= data.count - position,
        literals <= size - output.count
      else { return nil }
      output += data[position..<position + literals]
      position += literals
      // The last sequence is one of literals alone.
      if position == data.count { break }
      guard data.count - position >= 2 else { return nil }
      let offset = Int(data[position]) | Int(data[position + 1]) << 8
      position += 2
      guard let extra = length(token & 15), offset >= 1, offset <= output.count,
        extra + 4 <= size - output.count
      else { return nil }
      // A match may reach into what it makes.
      for _ in 0..<extra + 4 { output.append(output[output.count - offset]) }
    }
    return output.count == size ? output : nil
  }
}

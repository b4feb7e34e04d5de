import Foundation
import Microscopy
import TestSupport

extension FuzzTarget {
  static func runTIFF(_ bytes: [UInt8]) {
    let file = ScratchFile(bytes, suffix: ".tif")
    do throws(TIFFError) {
      let stack = try TIFFStack(opening: file.path)
      let last = (channel: stack.info.channels - 1, frame: stack.info.frames - 1)
      for (channel, frame) in last == (0, 0) ? [last] : [(0, 0), last] {
        attempt(TIFFError.self) { _ = try stack.readVolume(channel: channel, frame: frame) }
        attempt(TIFFError.self) { _ = try stack.readLabels(channel: channel, frame: frame) }
        attempt(TIFFError.self) { _ = try stack.readSamples(channel: channel, frame: frame) }
      }
    } catch { accept(error) }
  }

  static func runTIFFDescription(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    var (file, offset) = describedFiles[Int(first) % describedFiles.count]
    // The text lies behind the pages; its entry states the number of bytes, then where they are.
    for number in [bytes.count, file.count] {
      for byte in 0..<4 { file[offset + byte] = UInt8(truncatingIfNeeded: number >> (8 * byte)) }
      offset += 4
    }
    runTIFF(file + bytes.dropFirst() + [0])
  }

  /// Files whose descriptions are not written yet, and where those are to be entered, by the bits
  /// of a number: 1 to 8 pages; one or three samples; in one plane or three.
  private static let describedFiles = (0..<32).map { bits -> ([UInt8], offset: Int) in
    let samples: UInt64 = bits & 8 == 0 ? 1 : 3
    let isPlanar = bits & 16 != 0
    let pages = (0..<(bits & 7) + 1).map { page -> [TIFFBytes.Tag] in
      let size = isPlanar ? 4 : 4 * samples
      let offsets = (0..<(isPlanar ? samples : 1)).map { TIFFBytes.dataStart + $0 * size }
      var tags = TIFFBytes.page(
        width: 2, height: 2, offsets: offsets, sizes: offsets.map { _ in size },
        description: page == 0 ? "four bytes or more" : nil
      ).filter { $0.id != 277 && $0.id != 258 }
      tags.append(TIFFBytes.Tag(258, 3, (0..<samples).map { _ in 8 }))
      tags.append(TIFFBytes.Tag(277, 3, [samples]))
      tags.append(TIFFBytes.Tag(284, 3, [isPlanar ? 2 : 1]))
      return tags
    }
    let file = [UInt8](TIFFBytes(pages, data: Array(0..<12)).file)
    // Tag 270 of type 2, a text.
    let entry: [UInt8] = [0x0E, 1, 2, 0]
    let start = file.indices.first { file[$0...].starts(with: entry) }
    return (file, (start ?? 0) + entry.count)
  }

  static func runZarrMetadata(_ bytes: [UInt8]) {
    let data = Data(bytes)
    attempt(InputError.self) { _ = try ZarrArray(v2: data, path: "a") }
    attempt(InputError.self) { _ = try ZarrArray(v3: data, path: "a") }
    attempt(InputError.self) { _ = try ZarrMultiscales(v2: data, path: "a") }
    attempt(InputError.self) { _ = try ZarrMultiscales(v3: data, path: "a") }
  }

  static func runZarrChunk(_ bytes: [UInt8]) {
    guard bytes.count >= 3 else { return }
    let codecs: [ChunkCodec] = [.none, .blosc, .zstd, .zlib, .gzip, .lz4]
    let codec = codecs[Int(bytes[0]) % codecs.count]
    let size = Int(bytes[1]) << 8 | Int(bytes[2])
    if let chunk = codec.decode(Array(bytes.dropFirst(3)), size: size) {
      precondition(chunk.count == size, "\(chunk.count) bytes where \(size) were asked for")
    }
    if let chunk = codec.decode(Array(bytes.dropFirst(3)), size: size, limit: 1 << 16) {
      precondition(chunk.count <= 1 << 16, "\(chunk.count) bytes are above the limit")
    }
  }

  static func runZarrImage(_ bytes: [UInt8]) {
    let cut = bytes.firstIndex(of: 0) ?? bytes.endIndex
    let metadata = Data(bytes[..<cut])
    let isVersion3 = String(decoding: metadata, as: UTF8.self).contains("node_type")
    do throws(InputError) {
      let array =
        try isVersion3
        ? ZarrArray(v3: metadata, path: "a") : ZarrArray(v2: metadata, path: "a")
      let folder = ScratchFolder()
      let names = ["t", "c", "z", "y", "x"].suffix(array.shape.count)
      let multiscales =
        #""multiscales": [{"axes": [\#(names.map { #""\#($0)""# }.joined(separator: ", "))], "#
        + #""datasets": [{"path": "0"}]}]"#
      if isVersion3 {
        let group =
          #"{"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"version": "0.5", "#
          + multiscales + "}}}"
        folder.write(group.utf8, to: "zarr.json")
        folder.write(metadata, to: "0/zarr.json")
      } else {
        folder.write("{\(multiscales)}".utf8, to: ".zattrs")
        folder.write(metadata, to: "0/.zarray")
      }
      let first = array.shape.map { _ in "0" }.joined(separator: array.separator)
      folder.write(bytes[cut...].dropFirst(), to: "0/" + array.prefix + first)
      let image = try ZarrImage(opening: folder.path)
      for (channel, frame) in [(0, 0), (image.channels - 1, image.frames - 1)] {
        attempt(InputError.self) { _ = try image.readSamples(channel: channel, frame: frame) }
      }
    } catch { accept(error) }
  }
}

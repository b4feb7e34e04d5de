import Compute
import Foundation

/// The places of rows in the files of a job; those that follow each other are one piece.
struct RowPieces {
  private var pieces: [JobRecord.Rows] = []

  init(_ rows: [JobRecord.Rows]) {
    for row in rows where row.length > 0 {
      if let last = pieces.last, last.file == row.file, last.offset + last.length == row.offset {
        pieces[pieces.count - 1].length += row.length
      } else {
        pieces.append(row)
      }
    }
  }

  /// Copies the rows, in portions of at most 1 MiB.
  func copy(from folder: String, to output: FileHandle) throws {
    var open: [String: FileHandle] = [:]
    defer { for handle in open.values { try? handle.close() } }
    for piece in pieces {
      let path = folder + "/" + piece.file
      let input = try open[piece.file] ?? FileSystem.open(reading: path)
      open[piece.file] = input
      try input.seek(toOffset: UInt64(piece.offset))
      var rest = piece.length
      while rest > 0 {
        guard let data = try input.read(upToCount: min(rest, 1 << 20)), !data.isEmpty else {
          throw FileError(path, reason: "it ends before the rows that the manifest tells of")
        }
        try output.write(contentsOf: data)
        rest -= data.count
      }
    }
  }
}

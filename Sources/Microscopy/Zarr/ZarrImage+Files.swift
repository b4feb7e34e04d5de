/// The files of an image's volumes.
extension ZarrImage {
  /// The volumes, one for each frame and channel, of which no chunk is there: all their values are
  /// the fill value.
  ///
  /// No more files are looked for than take a second or two; volumes beyond are not counted.
  static func blankVolumes(_ array: ZarrArray, _ axes: [Axis], _ folder: String) -> Int {
    let reader = ZarrChunkReader(array: array, folder: folder)
    var files = 1 << 17
    var blank = 0
    for frame in 0..<(axes.first { $0.name == "t" }?.length ?? 1) {
      for channel in 0..<(axes.first { $0.name == "c" }?.length ?? 1) {
        var isBlank = true
        forEachFile(array, axes, position(axes, channel: channel, frame: frame)) { index in
          files -= 1
          isBlank = reader.storedSize(index) == 0
          return isBlank && files > 0
        }
        guard files > 0 else { return blank }
        if isBlank { blank += 1 }
      }
    }
    return blank
  }

  /// The frame and the channel along the axes of an array, 0 along the others.
  static func position(_ axes: [Axis], channel: Int, frame: Int) -> [Int] {
    axes.map { $0.name == "t" ? frame : $0.name == "c" ? channel : 0 }
  }

  /// Calls `body` with a chunk of every file of a volume, until it returns false.
  static func forEachFile(
    _ array: ZarrArray, _ axes: [Axis], _ position: [Int], _ body: ([Int]) -> Bool
  ) {
    var index = zip(position, array.chunks).map { $0 / $1 }
    func axis(_ name: String) -> Int? { axes.firstIndex { $0.name == name } }
    // Chunks from one file to the next one.
    func steps(_ name: String) -> StrideTo<Int> {
      guard let axis = axis(name) else { return stride(from: 0, to: 1, by: 1) }
      return stride(from: 0, to: array.chunkCount(axis), by: array.shard?.counts[axis] ?? 1)
    }
    let (depths, rows, columns) = (steps("z"), steps("y"), steps("x"))
    for z in depths {
      if let axis = axis("z") { index[axis] = z }
      for y in rows {
        if let axis = axis("y") { index[axis] = y }
        for x in columns {
          if let axis = axis("x") { index[axis] = x }
          if !body(index) { return }
        }
      }
    }
  }
}

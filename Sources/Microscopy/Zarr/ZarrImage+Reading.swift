import Compute
import Foundation

extension ZarrImage {
  /// The samples of one frame and channel, both counted from 0.
  ///
  /// - Throws: ``InputError`` where a chunk is damaged, or many voxels come from suspiciously few
  ///   bytes.
  package func readSamples(channel: Int = 0, frame: Int = 0) throws(InputError) -> SampleVolume {
    for (name, value, count) in [("channel", channel, channels), ("frame", frame, frames)]
    where !(0..<count).contains(value) {
      throw InputError(path, "has \(name)s 0…\(count - 1), but no \(name) \(value)")
    }
    let reader = ZarrChunkReader(array: array, folder: arrayPath)
    let position = axes.map { $0.name == "t" ? frame : $0.name == "c" ? channel : 0 }
    try checkExpansion(reader, position)

    let size = array.type.bits / 8
    let extent = extent
    let planeBytes = extent.height * extent.width * size
    let hasDepth = axes.contains { $0.name == "z" }
    let chunkDepth = hasDepth ? array.chunks[axes.count - 3] : 1
    let failure = Guarded<(piece: Int, error: InputError)?>(nil)
    let fill = array.type.bytes(of: array.fill)
    let bytes = [UInt8](
      count: extent.depth * planeBytes, pieces: min(chunkDepth, extent.depth) * planeBytes
    ) { range, piece in
      if fill.allSatisfy({ $0 == fill[0] }) {
        piece.update(repeating: fill[0])
      } else {
        for i in piece.indices { piece[i] = fill[i % size] }
      }
      let first = range.lowerBound / planeBytes
      let planes = range.count / planeBytes
      do throws(InputError) {
        try copy(
          planes: first..<first + planes, chunk: first / chunkDepth, position, reader, into: &piece)
      } catch {
        failure.withLock { if $0.map({ first < $0.piece }) ?? true { $0 = (first, error) } }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
    return SampleVolume(bytes, type: array.type, extent: extent, voxelSize: calibration.voxelSize)
  }

  /// Copies the chunks of these planes, which are those of one row of chunks along z.
  private func copy(
    planes: Range<Int>, chunk: Int, _ position: [Int], _ reader: ZarrChunkReader,
    into piece: inout MutableSpan<UInt8>
  ) throws(InputError) {
    let size = array.type.bits / 8
    let rank = axes.count
    let (height, width) = (array.chunks[rank - 2], array.chunks[rank - 1])
    var index = zip(position, array.chunks).map { $0 / $1 }
    if rank > 2, axes[rank - 3].name == "z" { index[rank - 3] = chunk }
    // Where the frame and the channel begin in a chunk.
    var start = 0
    for axis in axes.indices {
      let isSpatial = ["z", "y", "x"].contains(axes[axis].name)
      start = start * array.chunks[axis] + (isSpatial ? 0 : position[axis] % array.chunks[axis])
    }
    for row in stride(from: 0, to: extent.height, by: height) {
      index[rank - 2] = row / height
      for column in stride(from: 0, to: extent.width, by: width) {
        index[rank - 1] = column / width
        guard let samples = try reader.read(index) else { continue }
        let count = min(width, extent.width - column) * size
        for z in planes {
          for y in row..<min(row + height, extent.height) {
            let source = (start + ((z - planes.lowerBound) * height + y - row) * width) * size
            let target =
              (((z - planes.lowerBound) * extent.height + y) * extent.width + column) * size
            for i in 0..<count { piece[target + i] = samples[source + i] }
          }
        }
      }
    }
  }

  /// Throws where a large volume takes so few bytes that it may be made to fill the memory.
  private func checkExpansion(_ reader: ZarrChunkReader, _ position: [Int]) throws(InputError) {
    let size = Double(array.type.bits / 8)
    // What a volume takes, and two chunks on their way.
    let memory = Double(extent.count) * size + 2 * Double(array.chunkByteCount)
    guard let limit = limits.largestExpansion,
      ImageLimits.isSuspicious(voxels: extent.count, memory: memory)
    else { return }
    let decoded = max(extent.count * (array.type.bits / 8), array.chunkByteCount)
    let rank = axes.count
    var stored = 0
    var index = zip(position, array.chunks).map { $0 / $1 }
    // Chunks from one file to the next one.
    func steps(_ axis: Int) -> StrideTo<Int> {
      stride(from: 0, to: array.chunkCount(axis), by: array.shard?.counts[axis] ?? 1)
    }
    let depths = rank > 2 && axes[rank - 3].name == "z" ? Array(steps(rank - 3)) : [0]
    for z in depths {
      if rank > 2, axes[rank - 3].name == "z" { index[rank - 3] = z }
      for y in steps(rank - 2) {
        index[rank - 2] = y
        for x in steps(rank - 1) {
          index[rank - 1] = x
          stored += reader.storedSize(index)
          if stored >= decoded / limit { return }
        }
      }
    }
    throw InputError(
      path,
      "expected large volumes that shrink to 1/\(limit) at most, found "
        + "\(stored.counted("byte")) that stand for \(decoded)",
      advice: .trust(voxels: extent.count))
  }
}

extension ZarrArray {
  /// The chunks along an axis.
  func chunkCount(_ axis: Int) -> Int { (shape[axis] - 1) / chunks[axis] + 1 }
}

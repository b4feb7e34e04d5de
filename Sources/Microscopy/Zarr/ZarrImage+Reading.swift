import Compute
import Foundation

extension ZarrImage {
  /// The samples of one frame and channel, both counted from 0; of some planes, or of all for nil.
  ///
  /// - Throws: ``InputError`` where a chunk is damaged, or many voxels come from suspiciously few
  ///   bytes.
  package func readSamples(
    channel: Int = 0, frame: Int = 0, planes chosen: Range<Int>? = nil
  ) throws(InputError) -> SampleVolume {
    for (name, value, count) in [("channel", channel, channels), ("frame", frame, frames)]
    where !(0..<count).contains(value) {
      throw InputError(path, "has \(name)s 1…\(count), but no \(name) \(value + 1)")
    }
    let reader = ZarrChunkReader(array: array, folder: arrayPath)
    let position = Self.position(axes, channel: channel, frame: frame)
    try checkExpansion(reader, position)

    let planes = chosen ?? 0..<extent.depth
    let chunkDepth = chunkLength("z")
    // Planes of a row of chunks that begins before them come by themselves.
    let next = min(planes.upperBound, planes.lowerBound.roundedUp(to: chunkDepth))
    let head = try bytes(of: planes.lowerBound..<next, position, reader)
    let rest = try bytes(of: next..<planes.upperBound, position, reader)
    return SampleVolume(
      head.isEmpty ? rest : head + rest, type: array.type, extent: extent.withDepth(planes.count),
      voxelSize: calibration.voxelSize)
  }

  /// The bytes of planes of one row of chunks, or of planes that begin with a row of chunks.
  private func bytes(
    of all: Range<Int>, _ position: [Int], _ reader: ZarrChunkReader
  ) throws(InputError) -> [UInt8] {
    let size = array.type.bits / 8
    let planeBytes = extent.height * extent.width * size
    let chunkDepth = chunkLength("z")
    let failure = Guarded<(piece: Int, error: InputError)?>(nil)
    let fill = array.fill
    let bytes = [UInt8](
      count: all.count * planeBytes, pieces: min(chunkDepth, max(1, all.count)) * planeBytes
    ) { range, piece in
      if fill.allSatisfy({ $0 == fill[0] }) {
        piece.update(repeating: fill[0])
      } else {
        for i in piece.indices { piece[i] = fill[i % size] }
      }
      let first = all.lowerBound + range.lowerBound / planeBytes
      let planes = range.count / planeBytes
      do throws(InputError) {
        try copy(
          planes: first..<first + planes, chunk: first / chunkDepth, position, reader, into: &piece)
      } catch {
        failure.withLock { if $0.map({ first < $0.piece }) ?? true { $0 = (first, error) } }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
    return bytes
  }

  /// The index of an axis in the array, nil where it has none.
  private func axis(_ name: String) -> Int? { axes.firstIndex { $0.name == name } }

  /// The length of a chunk along an axis, 1 where the array has none.
  private func chunkLength(_ name: String) -> Int { axis(name).map { array.chunks[$0] } ?? 1 }

  /// Copies the chunks of these planes, which are of one row of chunks along z.
  private func copy(
    planes: Range<Int>, chunk: Int, _ position: [Int], _ reader: ZarrChunkReader,
    into piece: inout MutableSpan<UInt8>
  ) throws(InputError) {
    let size = array.type.bits / 8
    let (height, width) = (chunkLength("y"), chunkLength("x"))
    // The distance of neighbors along each axis of a chunk, in bytes.
    var strides = array.chunks
    var stride = size
    for axis in axes.indices.reversed() {
      strides[axis] = stride
      stride *= array.chunks[axis]
    }
    func distance(_ name: String) -> Int { axis(name).map { strides[$0] } ?? 0 }
    let (stepZ, stepY, stepX) = (distance("z"), distance("y"), distance("x"))
    var index = zip(position, array.chunks).map { $0 / $1 }
    if let z = axis("z") { index[z] = chunk }
    // Where the frame and the channel begin in a chunk.
    let start = axes.indices.reduce(0) { sum, axis in
      let isSpatial = ["z", "y", "x"].contains(axes[axis].name)
      return sum + (isSpatial ? 0 : position[axis] % array.chunks[axis] * strides[axis])
    }
    var indices = ZarrChunkReader.Indices()
    for row in Swift.stride(from: 0, to: extent.height, by: height) {
      if let y = axis("y") { index[y] = row / height }
      for column in Swift.stride(from: 0, to: extent.width, by: width) {
        if let x = axis("x") { index[x] = column / width }
        guard let samples = try reader.read(index, &indices) else { continue }
        let count = min(width, extent.width - column)
        for z in planes {
          for y in row..<min(row + height, extent.height) {
            let source = start + (z - chunk * chunkLength("z")) * stepZ + (y - row) * stepY
            let target =
              (((z - planes.lowerBound) * extent.height + y) * extent.width + column) * size
            if stepX == size {
              for i in 0..<count * size { piece[target + i] = samples[source + i] }
            } else {
              for x in 0..<count {
                for i in 0..<size {
                  piece[target + x * size + i] = samples[source + x * stepX + i]
                }
              }
            }
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
    var stored = 0
    var isEnough = false
    Self.forEachFile(array, axes, position) { index in
      stored += reader.storedSize(index)
      isEnough = stored >= decoded / limit
      return !isEnough
    }
    if isEnough { return }
    throw InputError(
      path,
      "expected large volumes that shrink to 1/\(limit) at most, found "
        + "\(stored.counted("byte")) that stand for \(decoded)",
      advice: .trust(voxels: extent.count))
  }
}

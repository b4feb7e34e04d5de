import CKernels
import Compute

/// The input side of a fast convolution: rows of the input to points.
extension FastConvolution {
  /// The points V of channels `channels` of a block, from one address per input channel (its plane
  /// 0, whether or not that plane is there).
  func transformInput(
    _ addresses: [SharedPointer<Float>], channels: Range<Int>, block: FastBlock,
    into v: UnsafeMutablePointer<Float>
  ) {
    let planes = block.z.count + taps.depth - 1
    let rows = block.y.count + taps.height - 1
    withUnitTransform(of: block, pointStride: pointStride(channels: channels.count)) { transform in
      for (slot, channel) in channels.enumerated() {
        let source = addresses[channel].address
        // The next channel's rows are asked for while this one's are used.
        let ahead = addresses[min(channel + 1, channels.upperBound - 1)].address - source
        for plane in 0..<planes {
          for row in 0..<rows {
            pointToRows(of: block, plane: plane, row: row, in: source, transform.rows)
            transform(
              ahead: ahead,
              into: v + slot * blocking.channelStride
                + (plane * blocking.rows + row) * blocking.pitch)
          }
        }
      }
    }
  }

  /// Points `rows` to the rows of the input under a tile of a block: nil for those in the padding.
  private func pointToRows(
    of block: FastBlock, plane: Int, row: Int, in source: UnsafePointer<Float>,
    _ rows: UnsafeMutableBufferPointer<UnsafePointer<Float>?>
  ) {
    let firstZ =
      firstPlane + (block.z.lowerBound + plane) * tile.depth - geometry.padding.depth
    let firstY = (block.y.lowerBound + row) * tile.height - geometry.padding.height
    // Planes past those under the windows of wanted outputs may not be there.
    let endZ = min(
      input.depth,
      firstPlane + output.depth + geometry.kernel.depth - 1 - geometry.padding.depth)
    let height = y?.points ?? 1
    for index in rows.indices {
      let (z, y) = (firstZ + index / height, firstY + index % height)
      let isInside = z >= 0 && z < endZ && y >= 0 && y < input.height
      rows[index] = isInside ? source + (z * input.height + y) * input.width : nil
    }
  }

  /// The transforms of a unit along all axes, and what they need of memory.
  private struct UnitTransform {
    let z, y, x: UnsafePointer<ck_transform>
    /// The rows of the input under the tile.
    let rows: UnsafeMutableBufferPointer<UnsafePointer<Float>?>
    /// The rows at the points of z and y, on their way to the points along x; nil without a
    /// transform along x.
    let lines: UnsafeMutablePointer<Float>?
    let lineStride: Int
    /// The input's width, the first column of the block in it, and the columns that are read.
    let width, firstColumn, columns: Int
    /// Tiles along x.
    let tiles: Int
    let pointStride: Int

    /// The points of the unit whose rows ``rows`` are; rows `ahead` are asked into the cache.
    func callAsFunction(ahead: Int, into target: UnsafeMutablePointer<Float>) {
      kernels.input_tile(
        z, y, rows.baseAddress, ahead, width, firstColumn, columns, lines ?? target,
        lines == nil ? pointStride : lineStride)
      if let lines {
        kernels.input_line(x, lines, lineStride, rows.count, tiles, target, pointStride)
      }
    }
  }

  private func withUnitTransform(
    of block: FastBlock, pointStride: Int, _ body: (UnitTransform) -> Void
  ) {
    let tiles = blocking.columns(min(blocking.width, output.width - block.x))
    withTransforms { z, y, x in
      withLines { lines in
        withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: planePoints) {
          rows in
          body(
            UnitTransform(
              z: z, y: y, x: x, rows: rows, lines: lines, lineStride: lineStride,
              width: input.width, firstColumn: block.x - geometry.padding.width,
              columns: tiles * tile.width + geometry.kernel.width - 1, tiles: tiles,
              pointStride: pointStride))
        }
      }
    }
  }
}

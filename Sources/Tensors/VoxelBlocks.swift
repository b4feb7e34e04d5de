import Compute

/// The voxels of an activation `[N, C, D, H, W]`, cut into blocks for the threads.
///
/// A block holds voxels of one sample. Its size does not depend on the number of threads, so sums
/// over blocks taken in their order are the same bits for any number of them.
package struct VoxelBlocks: Sendable {
  /// A run of voxels `z·H·W + y·W + x` of one sample.
  package struct Block: Sendable {
    /// The sample.
    package let sample: Int
    /// The voxels.
    package let voxels: Range<Int>
  }

  /// Voxels of a block.
  package static let size = 1 << 13

  private let shape: Shape
  private let blocksPerSample: Int

  /// The blocks of an activation of this shape.
  package init(of shape: Shape) {
    self.shape = shape
    blocksPerSample = shape.voxels.parts(of: Self.size)
  }

  private subscript(index: Int) -> Block {
    let start = index % blocksPerSample * Self.size
    return Block(
      sample: index / blocksPerSample, voxels: start..<min(shape.voxels, start + Self.size))
  }

  /// `body` of every block, in the order of the blocks.
  package func map<Value: Sendable>(_ body: @Sendable (Block) -> Value) -> [Value] {
    Parallel.map(shape.batch * blocksPerSample) { body(self[$0]) }
  }

  /// A tensor of the activation's shape, written block by block, and the value of every block.
  ///
  /// `body` writes all of `output`, `[C, block.voxels.count]`.
  package func fill<Value: Sendable>(
    _ body: @Sendable (_ block: Block, _ output: inout MutableSpan<Float>) -> Value
  ) -> (tensor: Tensor, values: [Value]) {
    var tensor = Tensor(uninitialized: shape)
    let (channels, voxels) = (shape.channels, shape.voxels)
    let values = tensor.withMutablePointer { pointer in
      // Every job writes its own voxels, so the pointer may cross threads.
      let pointer = DisjointPointer(pointer)
      return map { block in
        let count = block.voxels.count
        let start = pointer + block.sample * channels * voxels + block.voxels.lowerBound
        if channels == 1 {
          var span = UnsafeMutableBufferPointer(start: start, count: count).mutableSpan
          return body(block, &span)
        }
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: channels * count) { buffer in
          buffer.initialize(repeating: 0)
          var span = buffer.mutableSpan
          let value = body(block, &span)
          for channel in 0..<channels {
            (start + channel * voxels).update(
              from: buffer.baseAddress! + channel * count, count: count)
          }
          return value
        }
      }
    }
    return (tensor, values)
  }
}

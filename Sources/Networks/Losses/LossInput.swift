import Compute
import Tensors

/// Logits and a target that fit each other, with the target's values checked.
struct LossInput: Sendable {
  /// The logits `[N, C, D, H, W]`.
  let logits: Tensor
  /// The target `[N, 1, D, H, W]`.
  let target: Tensor
  /// The logits' blocks.
  let blocks: VoxelBlocks
  /// The voxels that are not ignored.
  let voxels: Int
  /// The voxels of each class; empty with one channel, whose targets need not be classes.
  let classCounts: [Int]

  /// What one block of the target holds.
  private struct Census: Sendable {
    var voxels = 0
    var classCounts: [Int]
    /// The first value that cannot be a target, if there is one.
    var wrong: Float?
  }

  /// Checks shapes and values.
  ///
  /// - Throws: ``ShapeError`` naming `loss`, where the shapes do not fit; where one channel's
  ///   target is above 1, or a class index is not an integer below the number of channels; where it
  ///   is NaN.
  init(_ loss: String, logits: Tensor, target: Tensor) throws(ShapeError) {
    let shape = logits.shape
    try shape.requireActivation(loss)
    guard target.shape == shape.with(channels: 1) else {
      throw ShapeError(
        loss, expected: "a target of \(shape.with(channels: 1)) for logits of \(shape)",
        found: "\(target.shape)")
    }
    self.logits = logits
    self.target = target
    blocks = VoxelBlocks(of: shape)
    let classes = shape.channels
    let isBinary = classes == 1
    let census = blocks.map { block in
      target.withSpan { target in
        var census = Census(classCounts: Array(repeating: 0, count: isBinary ? 0 : classes))
        let start = block.sample * shape.voxels
        for voxel in block.voxels {
          let value = target[start + voxel]
          if value < 0 { continue }
          census.voxels += 1
          if isBinary {
            if !(value <= 1) { census.wrong = census.wrong ?? value }
          } else if value < Float(classes), value == value.rounded(.towardZero) {
            census.classCounts[Int(clamped: value)] += 1
          } else {
            census.wrong = census.wrong ?? value
          }
        }
        return census
      }
    }
    for block in census {
      guard let wrong = block.wrong else { continue }
      throw ShapeError(
        loss,
        expected: isBinary
          ? "targets from 0 to 1, or negative to ignore a voxel"
          : "classes from 0 to \(classes - 1), or negative to ignore a voxel", found: "\(wrong)")
    }
    voxels = census.reduce(0) { $0 + $1.voxels }
    classCounts = census.reduce(into: Array(repeating: 0, count: isBinary ? 0 : classes)) {
      for (index, count) in $1.classCounts.enumerated() { $0[index] += count }
    }
  }

  /// The value 0 and the gradient zero: what a loss is where every voxel is ignored.
  var nothing: (value: Double, gradient: Tensor) { (0, Tensor(zeros: logits.shape)) }
}

/// Where the values of one block lie.
struct LossBlock {
  /// The sample that the voxels belong to.
  let sample: Int
  /// The number of voxels; a block numbers its own from 0.
  let count: Int
  /// The number of channels.
  let channels: Int
  private let logitStart: Int
  private let targetStart: Int
  private let stride: Int

  fileprivate init(_ block: VoxelBlocks.Block, shape: Shape) {
    sample = block.sample
    count = block.voxels.count
    channels = shape.channels
    stride = shape.voxels
    logitStart = block.sample * channels * stride + block.voxels.lowerBound
    targetStart = block.sample * stride + block.voxels.lowerBound
  }

  /// The offset of a voxel's target.
  func target(_ voxel: Int) -> Int { targetStart + voxel }

  /// The offset of a voxel's logit.
  func logit(_ voxel: Int, channel: Int = 0) -> Int { logitStart + channel * stride + voxel }
}

extension LossInput {
  /// `body` of every block, in order.
  func map<Value: Sendable>(
    _ body: @Sendable (_ block: LossBlock, _ logits: Span<Float>, _ targets: Span<Float>) -> Value
  ) -> [Value] {
    blocks.map { block in
      logits.withSpan { logits in
        target.withSpan { targets in
          body(LossBlock(block, shape: self.logits.shape), logits, targets)
        }
      }
    }
  }

  /// A gradient written block by block, `[C, block.count]` each, and the value of every block.
  func gradient<Value: Sendable>(
    _ body:
      @Sendable (
        _ block: LossBlock, _ logits: Span<Float>, _ targets: Span<Float>,
        _ gradient: inout MutableSpan<Float>
      ) -> Value
  ) -> (gradient: Tensor, values: [Value]) {
    let result = blocks.fill { block, output in
      logits.withSpan { logits in
        target.withSpan { targets in
          body(LossBlock(block, shape: self.logits.shape), logits, targets, &output)
        }
      }
    }
    return (result.tensor, result.values)
  }
}

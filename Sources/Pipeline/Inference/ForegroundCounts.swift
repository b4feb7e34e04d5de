import Foundation
import Tensors

/// How many voxels prediction and target share, voxels to ignore left out.
public struct ForegroundCounts: Sendable, Hashable, Codable, AdditiveArithmetic {
  /// Foreground in both.
  public var truePositives = 0
  /// Foreground in the prediction only.
  public var falsePositives = 0
  /// Foreground in the target only.
  public var falseNegatives = 0

  /// None.
  public init() {}

  /// None.
  public static var zero: ForegroundCounts { ForegroundCounts() }

  /// TP / (TP + FP + FN); 1 where neither has foreground.
  public var intersectionOverUnion: Double {
    let union = truePositives + falsePositives + falseNegatives
    return union == 0 ? 1 : Double(truePositives) / Double(union)
  }

  /// The counts of logits `[N, C, D, H, W]` against targets `[N, 1, D, H, W]`, where a voxel is
  /// predicted foreground if its probability is at least `threshold` and a target is foreground from
  /// 0.5 and ignored below 0.
  public init(
    logits: Tensor, targets: Tensor, output: NetworkConfiguration.Output, threshold: Double
  ) {
    let channels = logits.shape.channels
    let voxels = logits.shape.voxels
    let margin = Float(log(threshold / (1 - threshold)))
    let counts = VoxelBlocks(of: logits.shape).map { block in
      logits.withSpan { logits in
        targets.withSpan { targets in
          var counts = ForegroundCounts()
          let foreground = (block.sample * channels + channels - 1) * voxels
          let background = block.sample * channels * voxels
          for voxel in block.voxels {
            let target = targets[block.sample * voxels + voxel]
            if target < 0 { continue }
            let score =
              output == .sigmoid
              ? logits[foreground + voxel]
              : logits[foreground + voxel] - logits[background + voxel]
            switch (score >= margin, target >= 0.5) {
            case (true, true): counts.truePositives += 1
            case (true, false): counts.falsePositives += 1
            case (false, true): counts.falseNegatives += 1
            case (false, false): break
            }
          }
          return counts
        }
      }
    }
    self = counts.reduce(.zero, +)
  }

  /// The sum of both.
  public static func + (a: ForegroundCounts, b: ForegroundCounts) -> ForegroundCounts {
    var sum = a
    sum.truePositives += b.truePositives
    sum.falsePositives += b.falsePositives
    sum.falseNegatives += b.falseNegatives
    return sum
  }

  /// The difference of both.
  public static func - (a: ForegroundCounts, b: ForegroundCounts) -> ForegroundCounts {
    var difference = a
    difference.truePositives -= b.truePositives
    difference.falsePositives -= b.falsePositives
    difference.falseNegatives -= b.falseNegatives
    return difference
  }
}

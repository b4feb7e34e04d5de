import Foundation
import Morphometry
import Tensors

extension ForegroundOverlap {
  /// The counts of logits `[N, C, D, H, W]` against targets `[N, 1, D, H, W]`.
  ///
  /// A voxel is predicted as foreground if its probability is at least `threshold`. A target is
  /// foreground from 0.5 on, and ignored below 0.
  package init(
    logits: Tensor, targets: Tensor, output: Model.Output, threshold: Double
  ) {
    let channels = logits.shape.channels
    let voxels = logits.shape.voxels
    let margin = Float(log(threshold / (1 - threshold)))
    let counts = VoxelBlocks(of: logits.shape).map { block in
      logits.withSpan { logits in
        targets.withSpan { targets in
          var counts = ForegroundOverlap.zero
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
}

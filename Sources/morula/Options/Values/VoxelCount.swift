import ArgumentParser
import Compute

/// A number of voxels, such as `500000000`, `500M` or `2G` (decimal).
struct VoxelCount: ExpressibleByArgument {
  let count: Int

  init?(argument: String) {
    let factors: [Character: Int] = [
      "k": 1000, "K": 1000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000,
    ]
    let factor = argument.last.flatMap { factors[$0] }
    guard let number = Double(factor == nil ? argument : String(argument.dropLast())),
      number > 0, number * Double(factor ?? 1) < 1e18
    else { return nil }
    count = max(1, Int(clamped: number * Double(factor ?? 1)))
  }
}

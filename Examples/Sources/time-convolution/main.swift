// Times one convolution, 32 → 32 channels, window 3³, on 64³ voxels, and counts its arithmetic.

import Compute
import Tensors

var workspace = Workspace()
let channels = 32
let edge = 64
let kernel = 3

let input = Tensor(repeating: 0.5, shape: [1, channels, edge, edge, edge])
let weight = Tensor(
  repeating: 0.01, shape: [channels, channels, kernel, kernel, kernel])
let geometry = try ConvolutionGeometry.same(kernel: kernel)

// The first run plans, and warms caches and threads up.
var output = try Convolution.forward(
  input, weight: weight, geometry: geometry, workspace: &workspace)
var best = Duration.seconds(1e9)
for _ in 0..<5 {
  let clock = ContinuousClock()
  let time = try clock.measure {
    output = try Convolution.forward(
      input, weight: weight, geometry: geometry, workspace: &workspace)
  }
  best = min(best, time)
}

let multiplications =
  Double(channels * channels) * Double(kernel * kernel * kernel) * Double(edge * edge * edge)
let seconds = best / .seconds(1)
let milliseconds = (seconds * 1e4).rounded() / 10
let rate = (2 * multiplications / seconds / 1e9).rounded()
print("\(input.shape) → \(output.shape): \(milliseconds) ms")
print("\(rate) GFLOP/s, counted as the definition has them; fast algorithms take fewer")

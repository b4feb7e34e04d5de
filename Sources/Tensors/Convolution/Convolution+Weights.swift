/// Weights as input gradients read them.
extension Convolution {
  /// Weights with input and output channels exchanged and the taps reversed,
  /// `[out, in, z, y, x] → [in, out, −z, −y, −x]`.
  static func flip(_ weight: Tensor) -> Tensor {
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    let taps = weight.shape.voxels
    var flipped = Tensor(
      uninitialized: [inputs, outputs, weight.shape[2], weight.shape[3], weight.shape[4]])
    weight.withPointer { source in
      flipped.withMutablePointer { target in
        for i in 0..<inputs {
          for o in 0..<outputs {
            let from = source + (o * inputs + i) * taps
            let to = target + (i * outputs + o) * taps
            for t in 0..<taps { to[taps - 1 - t] = from[t] }
          }
        }
      }
    }
    return flipped
  }
}

/// Weights `[out, in, z, y, x]`, cut along their input channels.
extension Tensor {
  /// The weight of some input channels.
  func inputChannels(_ range: Range<Int>) -> Tensor {
    let (outputs, inputs, taps) = (shape[0], shape[1], shape.voxels)
    if range == 0..<inputs { return self }
    var result = Tensor(uninitialized: shape.with(channels: range.count))
    result.withMutablePointer { target in
      withPointer { source in
        for o in 0..<outputs {
          (target + o * range.count * taps).update(
            from: source + (o * inputs + range.lowerBound) * taps, count: range.count * taps)
        }
      }
    }
    return result
  }
}

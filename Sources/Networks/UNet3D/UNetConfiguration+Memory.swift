import Tensors

/// Memory in bytes, known before anything is allocated.
///
/// Activations are float32. Counted are the tensors that are alive at the worst moment of the code in
/// `UNet3D`; scratch (a few MB) and the image itself are not.
extension UNetConfiguration {
  private static let float = MemoryLayout<Float>.stride

  /// Peak activation memory of a prediction of `batch` inputs of `extents`.
  public func predictionBytes(for extents: SpatialAxes, batch: Int = 1) -> Int {
    var peak = 0
    var skips = 0
    func consider(_ floats: Int) { peak = max(peak, skips + floats) }
    for level in 0..<levels {
      let size = voxels(extents, at: level)
      let incoming = level == 0 ? inputs : channels(at: level - 1)
      let middle = level == 0 ? base : incoming
      // Pooling holds its input (a skip already counted) and output; convolutions input and output.
      consider(size * (incoming + middle))
      consider(size * (incoming + middle + channels(at: level)))
      if level < levels - 1 { skips += size * channels(at: level) }
    }
    for level in (0..<levels - 1).reversed() {
      let size = voxels(extents, at: level)
      let lower = channels(at: level + 1)
      let own = channels(at: level)
      consider(size * lower + size / 8 * lower)
      consider(size * (lower + lower + own))  // upsampled beside the concatenation
      consider(size * (lower + own + own))
      skips -= size * own
      consider(size * (lower + 3 * own))
    }
    return peak * batch * Self.float
  }

  /// Peak memory of a training step of `batch` inputs of `extents`: activations kept for backward,
  /// the largest gradients beside them, and parameters with gradients and `moments` averages each.
  public func trainingBytes(for extents: SpatialAxes, batch: Int = 1, moments: Int) -> Int {
    var kept = 0
    var largest = 0
    for level in 0..<levels {
      let size = voxels(extents, at: level)
      let incoming = level == 0 ? inputs : channels(at: level - 1)
      let middle = level == 0 ? base : incoming
      kept += size * (incoming + 2 * middle + 2 * channels(at: level))
      largest = max(largest, size * 2 * channels(at: level))
      if level < levels - 1 {
        let lower = channels(at: level + 1)
        let own = channels(at: level)
        kept += size * (lower + own + 4 * own)
        // The gradient of the concatenation beside its two parts, or beside what it came from.
        largest = max(largest, size * 2 * (lower + own))
      }
    }
    return (kept + largest) * batch * Self.float
      + parameterCount * (2 + moments) * Self.float
  }
}

import Compute

extension [ChannelStack.Part] {
  /// For every sample, the address of plane 0 of every channel, whether that plane exists or not.
  func withAddresses<Result>(
    batch: Int, _ body: ([[SharedPointer<Float>]]) -> Result
  ) -> Result {
    func visit(_ index: Int, _ samples: [[SharedPointer<Float>]]) -> Result {
      guard index < count else { return body(samples) }
      let part = self[index]
      return part.tensor.withPointer { pointer in
        let shape = part.tensor.shape
        var samples = samples
        for sample in 0..<batch {
          for channel in 0..<shape.channels {
            let offset = (sample * shape.channels + channel) * shape.voxels
            samples[sample].append(
              SharedPointer(pointer + offset - part.firstPlane * shape.height * shape.width))
          }
        }
        return visit(index + 1, samples)
      }
    }
    return visit(0, [[SharedPointer<Float>]](repeating: [], count: batch))
  }
}

import Compute
import Microscopy

extension Predictor {
  /// The predictor for a volume of these extents within the memory of the process; volumes that need
  /// more are cut into tiles.
  ///
  /// - Throws: `InputError` if even the smallest tiles exceed the limit.
  package func limited(
    to limit: MemoryLimit, extent: Extent, voxelSize: VoxelSize?, name: String
  ) throws(InputError) -> Predictor {
    let needs = try MemoryNeeds(
      of: extent, voxelSize: voxelSize, name: name, predictors: [self],
      parameters: SegmentationParameters())
    var predictor = self
    if tile != nil { return self }
    guard let activations = needs.prediction(within: limit.bytes) else {
      let bytes = MemoryLimit.least { needs.prediction(within: $0) != nil }
      throw InputError(
        name,
        "needs at least \(ByteCount.rounded(bytes)) of memory for \(extent) voxels (z, y, x), even "
          + "for the smallest tile of its network, but \(ByteCount.rounded(limit.bytes)) may be "
          + "taken (\(limit.reason))",
        advice: .allowMemory)
    }
    predictor.memoryLimit = activations
    return predictor
  }
}

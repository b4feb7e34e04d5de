import Microscopy

extension Volume<Float> {
  /// Replaces every voxel, in z, y, x order.
  mutating func mapInPlace(_ transform: (Float) -> Float) {
    var span = voxels.mutableSpan
    for i in span.indices { span[i] = transform(span[i]) }
  }
}

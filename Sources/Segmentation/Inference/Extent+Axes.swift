import Microscopy
import Tensors

extension Extent {
  /// The extents as the axes of a tensor.
  package var axes: SpatialAxes { SpatialAxes(depth, height, width) }

  /// The shape of a batch of one single-channel volume, `[1, 1, D, H, W]`.
  package var activation: Shape {
    Shape(batch: 1, channels: 1, depth: depth, height: height, width: width)
  }
}

import Microscopy
import Tensors

/// Samples of one extent, as the tensors a network takes.
package struct Batch: Sendable {
  /// The samples' names.
  package let names: [String]
  /// The intensities, `[N, 1, D, H, W]`.
  package let images: Tensor
  /// The targets, `[N, 1, D, H, W]`: 0 background, 1 foreground, −1 to ignore.
  package let targets: Tensor

  /// Stacks samples.
  ///
  /// - Throws: `InputError` if extents differ.
  package init(_ samples: [Sample]) throws(InputError) {
    precondition(!samples.isEmpty, "a batch holds at least one sample")
    let extent = samples[0].image.extent
    for sample in samples where sample.image.extent != extent {
      throw InputError(
        sample.name,
        "has \(sample.image.extent) voxels but \(samples[0].name) in its batch has \(extent) "
          + "(z, y, x); set preprocessing.size, sampling.mode patches or training.batch_size 1")
    }
    let shape = Shape(
      batch: samples.count, channels: 1, depth: extent.depth, height: extent.height,
      width: extent.width)
    names = samples.map(\.name)
    if samples.count == 1 {
      images = Tensor(samples[0].image.voxels, shape: shape)
      targets = Tensor(samples[0].target.voxels, shape: shape)
    } else {
      images = Tensor(samples.flatMap(\.image.voxels), shape: shape)
      targets = Tensor(samples.flatMap(\.target.voxels), shape: shape)
    }
  }
}

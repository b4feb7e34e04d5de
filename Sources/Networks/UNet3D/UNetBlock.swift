/// The two convolutions of a level of encoder or decoder, one after the other.
struct UNetBlock {
  let first: UNetConvolution
  let second: UNetConvolution

  /// Numbers in the activations of that many voxels: into the block, between its convolutions, out
  /// of it.
  func sizes(voxels: Int) -> (incoming: Int, middle: Int, outgoing: Int) {
    (first.inputs * voxels, first.outputs * voxels, second.outputs * voxels)
  }
}

import Tensors

/// The voxels that each level of a network computes so that some of its outputs are right.
///
/// Encoder levels compute all that they get. A decoder level computes its outputs and a border as
/// wide as its two convolutions look, where they are wrong, as they take for zero what was cropped.
package struct NetworkRegions: Hashable, Sendable {
  /// The extents of every level's encoder.
  package let encoder: [SpatialAxes]
  /// What every decoder level computes, in voxels of its level, finest first.
  let decoder: [SpatialRegion]
  /// The outputs that are wanted.
  let core: SpatialRegion

  /// The regions for an input of `extents`.
  ///
  /// - Parameter core: The outputs that are wanted; nil for all.
  package init(
    _ configuration: UNetConfiguration, extents: SpatialAxes, core: SpatialRegion? = nil
  ) {
    encoder = (0..<configuration.levels).map { configuration.extents(extents, at: $0) }
    self.core = core ?? SpatialRegion(extents)
    var decoder: [SpatialRegion] = []
    var wanted = self.core
    for level in 0..<configuration.levels - 1 {
      let region =
        core == nil
        ? SpatialRegion(encoder[level])
        : wanted.widened(by: configuration.kernel - 1, within: encoder[level])
      decoder.append(region)
      wanted = region.halved
    }
    self.decoder = decoder
  }

  /// What the level below a decoder level has computed.
  func below(_ level: Int) -> SpatialRegion {
    level + 1 < decoder.count ? decoder[level + 1] : SpatialRegion(encoder[level + 1])
  }

  /// What a decoder level needs of the level below, as a region of what that has computed.
  func entry(_ level: Int) -> SpatialRegion { decoder[level].halved.inside(below(level)) }

  /// What the decoder computes at a level; at the finest one the head does so, too, which is all
  /// that a network of one level has.
  package func computed(_ level: Int) -> SpatialRegion {
    decoder.isEmpty ? SpatialRegion(encoder[0]) : decoder[level]
  }
}

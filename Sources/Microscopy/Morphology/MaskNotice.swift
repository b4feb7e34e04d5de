import Compute

/// A label image that looks like a mask: a single label, with a value that masks have.
///
/// 255 and 65535, the largest of 8 and 16 bits, are what programs write for foreground, and so is
/// 1; an image of a single nucleus has label 1 too, but in one piece.
package struct MaskNotice: Sendable, Hashable {
  /// The label.
  package let label: UInt32
  /// The pieces that it consists of, connected through faces.
  package let pieces: Int

  /// What is to be noticed of labels; nil if nothing is.
  ///
  /// - Complexity: O(voxels).
  package init?(_ labels: LabelVolume) {
    guard let first = labels.voxels.first(where: { $0 != 0 }), [1, 255, 65535].contains(first),
      labels.voxels.allSatisfy({ $0 == 0 || $0 == first })
    else { return nil }
    let parts = labels.map { $0 != 0 }.connectedComponents(.faces)
    let pieces = Int(parts.voxels.max() ?? 0)
    if first == 1, pieces == 1 { return nil }
    self.label = first
    self.pieces = pieces
  }

  /// As `has a single label, 255, in 12 pieces, …`.
  package var predicate: String {
    "has a single label, \(label), in \(pieces.counted("piece")), and so is one object; if it is a mask, "
      + "number its pieces first, for example with ImageJ's MorphoLibJ (Connected Components "
      + "Labeling) or scikit-image's label"
  }
}

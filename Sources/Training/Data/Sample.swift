import Microscopy

/// One input of the network with its target.
package struct Sample: Sendable {
  /// The file's name without its extension.
  package var name: String
  /// The intensities `[z, y, x]`.
  package var image: Volume<Float>
  /// The target `[z, y, x]`: 0 background, 1 foreground, −1 to ignore.
  package var target: Volume<Float>

  /// A pair of equal extents.
  package init(name: String, image: Volume<Float>, target: Volume<Float>) {
    precondition(image.extent == target.extent, "image and target must have the same extent")
    self.name = name
    self.image = image
    self.target = target
  }
}

import Microscopy

extension PreparedVolume {
  /// The part of the volume in a window, mirrored at the border where the window leaves it.
  package func sample(in window: Window) -> Sample {
    Sample(
      name: name, image: image.viewed(through: window, outside: .mirror),
      target: target.map { Float($0) }.viewed(through: window, outside: .mirror))
  }
}

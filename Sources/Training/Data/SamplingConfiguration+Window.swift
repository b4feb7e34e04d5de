import Compute
import Microscopy

extension SamplingConfiguration {
  /// Draws a patch of a volume.
  ///
  /// With probability ``foregroundFraction`` the patch holds a random foreground voxel in the
  /// middle half of each axis; otherwise, and in volumes without foreground, all positions are
  /// equally likely. A patch stays inside the volume; along axes where the volume is shorter it is
  /// centered on it.
  package func window(
    in volume: PreparedVolume, using generator: inout some RandomNumberGenerator
  ) -> Window {
    let wantsForeground = generator.chance(foregroundFraction)
    let count = volume.foregroundCount
    let anchor =
      wantsForeground && count > 0
      ? volume.foreground(Int(clamped: generator.uniform() * Double(count))) : nil
    var window = Window(fitting: patch, to: volume.extent)
    for axis in Axis.allCases {
      let length = patch[axis]
      let room = volume.extent[axis] - length
      let fraction = generator.uniform()
      guard room > 0 else { continue }
      if let anchor {
        let quarter = Double(length) / 4
        let within = Int(clamped: quarter + fraction * 2 * quarter)
        window.origin[axis] = min(max(anchor[axis] - within, 0), room)
      } else {
        window.origin[axis] = Int(clamped: fraction * Double(room + 1))
      }
    }
    return window
  }
}

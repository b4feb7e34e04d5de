import Compute
import Microscopy

extension RasterImage {
  /// Labels seen along z from the first plane: the nearest object of every column, darker with
  /// depth.
  init(_ labels: LabelVolume, _ coloring: LabelColoring) {
    let extent = labels.extent
    self.init(width: extent.width, height: extent.height)
    for y in 0..<extent.height {
      for x in 0..<extent.width {
        guard let z = (0..<extent.depth).first(where: { labels[$0, y, x] != 0 }) else { continue }
        let depth = Double(z) / Double(max(1, extent.depth - 1))
        self[y, x] = coloring[labels[z, y, x]].dimmed(1 - 0.6 * depth)
      }
    }
  }

  /// The brightest of every column along z, from the darkest voxel to the 99.9th percentile.
  init(_ image: Volume<Float>) {
    let extent = image.extent
    self.init(width: extent.width, height: extent.height)
    let levels = image.percentiles([0, 99.9])
    let span = max(levels[1] - levels[0], .leastNormalMagnitude)
    for y in 0..<extent.height {
      for x in 0..<extent.width {
        let brightest = (0..<extent.depth).map { image[$0, y, x] }.max() ?? 0
        let level = max(0, min(1, (Double(brightest) - levels[0]) / span))
        self[y, x] = Color(gray: UInt8(clamped: (255 * level.squareRoot()).rounded()))
      }
    }
  }
}

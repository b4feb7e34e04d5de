import Microscopy

/// Colors for segmentations of one volume, such that the same nucleus has the same color in all.
struct LabelColoring {
  private let colors: [UInt32: RasterImage.Color]

  /// Gray for objects that are none of the reference's.
  private static let stranger = RasterImage.Color(gray: 190)

  /// The colors of the reference itself: hues a golden angle apart.
  init(reference: LabelVolume) {
    var colors: [UInt32: RasterImage.Color] = [:]
    for (index, label) in Set(reference.voxels).subtracting([0]).sorted().enumerated() {
      colors[label] = Self.color(index)
    }
    self.colors = colors
  }

  /// The colors of another segmentation: of each nucleus of the reference the object that covers
  /// most of it has its color; what is split off has a color of its own, and what covers no nucleus
  /// is gray.
  init(_ labels: LabelVolume, like reference: LabelVolume) {
    let known = LabelColoring(reference: reference).colors
    var shared: [Pair: Int] = [:]
    for (label, other) in zip(labels.voxels, reference.voxels) where label != 0 && other != 0 {
      shared[Pair(label: label, reference: other), default: 0] += 1
    }
    let byOverlap = shared.sorted {
      ($1.value, $0.key.label, $0.key.reference) < ($0.value, $1.key.label, $1.key.reference)
    }
    var colors: [UInt32: RasterImage.Color] = [:]
    var taken: Set<UInt32> = []
    for (pair, _) in byOverlap where colors[pair.label] == nil && !taken.contains(pair.reference) {
      colors[pair.label] = known[pair.reference]
      taken.insert(pair.reference)
    }
    var next = known.count
    let touching = Set(shared.keys.map(\.label))
    for label in Set(labels.voxels).subtracting([0]).sorted() where colors[label] == nil {
      colors[label] = touching.contains(label) ? Self.color(next) : Self.stranger
      next += 1
    }
    self.colors = colors
  }

  subscript(label: UInt32) -> RasterImage.Color { colors[label] ?? Self.stranger }

  private struct Pair: Hashable {
    let label: UInt32
    let reference: UInt32
  }

  private static func color(_ index: Int) -> RasterImage.Color {
    let hue = (Double(index) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
    return RasterImage.Color(hue: hue, saturation: index % 2 == 0 ? 0.85 : 0.6, value: 1)
  }
}

import Compute
import Foundation
import Microscopy

/// Times what follows the networks on a volume of touching ellipsoids, and can write what went in and
/// came out, so that `peers/postprocessing.py` compares it with SciPy and scikit-image.
struct Postprocessing {
  private let cells = TouchingEllipsoids()
  private let folder: String?
  private let repeats: Int

  init(repeats: Int, results folder: String?) throws {
    self.repeats = repeats
    self.folder = folder
    if let folder {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
  }

  func run() throws {
    print("| operation on \(cells.extent) voxels | ms |")
    print("|---|---|")
    try masks()
    try intensities()
    print()
  }

  private func masks() throws {
    let size = TouchingEllipsoids.voxelSize
    try write(cells.mask, "mask")
    try write(cells.shells, "shells")
    try write(cells.markers, "markers")
    let distance = time("distance transform") { cells.mask.distanceTransform(voxelSize: size) }
    try write(distance, "distance")
    let inverted = distance.map { -$0 }
    try write(
      time("watershed") { inverted.watershed(markers: cells.markers, mask: cells.mask) },
      "watershed")
    try write(time("labeling, faces") { cells.mask.connectedComponents(.faces) }, "faces")
    try write(time("labeling, corners") { cells.mask.connectedComponents(.corners) }, "corners")
    try write(time("hole filling") { cells.shells.fillingHoles() }, "holes")
  }

  private func intensities() throws {
    let size = TouchingEllipsoids.voxelSize
    let distance = cells.mask.distanceTransform(voxelSize: size)
    try write(
      time("Gaussian, σ 2 voxels") {
        distance.gaussianFiltered(sigma: .voxels(2), border: .nearest)
      }, "gaussian")
    let native = Extent(depth: 51, height: cells.extent.height, width: cells.extent.width)
    let image = distance.resampled(to: native)
    try write(image, "native")
    try write(time("linear resize, z × 2.2") { image.resampled(to: cells.extent) }, "resized")
    try write(
      time("local maxima, radius 4 µm") {
        distance.localMaxima(radius: 5 * size.x, voxelSize: size, threshold: 1)
      }, "maxima")
    try write(
      time("h-maxima, 0.5 µm") { distance.hMaxima(height: 0.5, mask: cells.mask) }, "h-maxima")
    try write([time("Otsu's threshold") { distance.otsuThreshold() }], "otsu")
    try write([time("Li's threshold") { distance.liThreshold() }], "li")
  }

  private func time<Result>(_ name: String, _ body: () -> Result) -> Result {
    let result = body()
    let seconds = shortestTime(repeats: repeats) { _ = body() }
    print("| \(name) | \(String(format: "%.2f", seconds * 1e3)) |")
    return result
  }
}

/// Results as files.
extension Postprocessing {
  private func path(_ name: String) -> String? { folder.map { "\($0)/\(name).tif" } }

  private func write(_ volume: Volume<Float>, _ name: String) throws {
    if let path = path(name) { try TIFF.write(volume, to: path) }
  }

  private func write(_ labels: LabelVolume, _ name: String) throws {
    if let path = path(name) { try TIFF.write(labels, to: path) }
  }

  private func write(_ mask: Volume<Bool>, _ name: String) throws {
    if let path = path(name) { try TIFF.write(mask.map { UInt8($0 ? 1 : 0) }, to: path) }
  }

  /// A row of z, y, x for every place.
  private func write(_ places: [VoxelIndex], _ name: String) throws {
    let numbers = places.flatMap { [Float($0.z), Float($0.y), Float($0.x)] }
    try write(
      Volume(numbers, extent: Extent(depth: 1, height: places.count, width: 3)), name)
  }

  private func write(_ numbers: [Float], _ name: String) throws {
    try write(
      Volume(numbers, extent: Extent(depth: 1, height: 1, width: numbers.count)), name)
  }
}

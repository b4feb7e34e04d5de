import Compute
import Foundation
import Microscopy
import Morphometry

/// Times the measurements of a frame, and can write what went in and came out, so that
/// `peers/measurements.py` compares it with scikit-image.
struct MeasurementBenchmark {
  private static let voxelSize = VoxelSize(x: 0.8, y: 0.8, z: 0.8)
  private static let extent = Extent(depth: 112, height: 124, width: 127)
  private static let nuclei = 30

  static func run(repeats: Int, results: String?) throws {
    let (labels, image) = frame()
    let measured = try NucleusMeasurements(labels, image: image)
    let shape = try shortestTime(repeats: repeats) { _ = try NucleusMeasurements(labels) }
    let all = try shortestTime(repeats: repeats) {
      _ = try NucleusMeasurements(labels, image: image)
    }
    print("| \(measured.nuclei.count) nuclei in \(labels.extent) voxels | ms |")
    print("|---|---|")
    for (name, time) in [("shape", shape), ("shape and intensity", all)] {
      print("| \(name) | \(String(format: "%.2f", time * 1e3)) |")
    }
    print()
    if let results {
      try FileManager.default.createDirectory(
        atPath: results, withIntermediateDirectories: true)
      try TIFF.write(labels, to: results + "/labels.tif")
      try TIFF.write(image, to: results + "/image.tif")
      var table = NucleiTable(hasIntensity: true)
      table.append(measured, series: "benchmark", frame: 0, time: nil)
      try table.write(to: results + "/nuclei.csv")
    }
  }

  /// Ellipsoids on a spiral through the volume that touch, and noise.
  private static func frame() -> (LabelVolume, Volume<Float>) {
    var labels = LabelVolume(repeating: 0, extent: extent, voxelSize: voxelSize)
    for nucleus in 0..<nuclei {
      let place = Double(nucleus)
      let radius = 42 * cbrt((place + 0.5) / Double(nuclei))
      let height = 1 - 2 * (place * 0.618034).truncatingRemainder(dividingBy: 1)
      let angle = 2 * Double.pi * (place * 0.754878).truncatingRemainder(dividingBy: 1)
      let waist = (1 - height * height).squareRoot()
      let center = (
        z: 55.5 + radius * height, y: 61.5 + radius * waist * sin(angle),
        x: 63 + radius * waist * cos(angle)
      )
      let axes = (
        z: 8 + Double(nucleus % 4), y: 8 + Double((nucleus + 1) % 4),
        x: 8 + Double((nucleus + 2) % 4)
      )
      for z in 0..<extent.depth {
        for y in 0..<extent.height {
          for x in 0..<extent.width where labels[z, y, x] == 0 {
            let dz = (Double(z) - center.z) / axes.z
            let dy = (Double(y) - center.y) / axes.y
            let dx = (Double(x) - center.x) / axes.x
            if dz * dz + dy * dy + dx * dx <= 1 { labels[z, y, x] = UInt32(nucleus + 1) }
          }
        }
      }
    }
    var generator = SeededGenerator(seed: 1)
    let image = Volume<Float>(
      labels.voxels.map { Float(Int(100 + generator.uniform() * ($0 > 0 ? 4000 : 200))) },
      extent: extent, voxelSize: voxelSize)
    return (labels, image)
  }
}

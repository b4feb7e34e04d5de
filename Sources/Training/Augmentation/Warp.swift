import Compute
import Microscopy

/// The loop of a geometric change.
struct Warp: Sendable {
  let source: Extent
  let window: Window
  /// From voxels of the sample to points of the volume in voxels, rows z, y, x.
  let matrix: [[Double]]
  let displacement: DisplacementField?

  /// Some planes of the sample.
  func run(
    planes: Range<Int>, image: [Float], target: [Int8]
  ) -> (image: [Float], target: [Float]) {
    let out = window.extent
    let half = [out.depth, out.height, out.width].map { Double($0 - 1) / 2 }
    let center = [
      Double(window.origin.z) + half[0], Double(window.origin.y) + half[1],
      Double(window.origin.x) + half[2],
    ]
    let count = planes.count * out.height * out.width
    var intensities = [Float](repeating: 0, count: count)
    var classes = [Float](repeating: 0, count: count)
    var intensity = intensities.mutableSpan
    var label = classes.mutableSpan
    let image = image.span
    let target = target.span
    let columns = displacement.map { field in
      (0..<out.width).map { DisplacementField.support($0, spacing: field.spacing[2]) }
    }
    var index = 0
    for z in planes {
      for y in 0..<out.height {
        let dz = Double(z) - half[0]
        let dy = Double(y) - half[1]
        let start = (0..<3).map { center[$0] + matrix[$0][0] * dz + matrix[$0][1] * dy }
        let rows = displacement.map { field in
          (0..<3).map { field.row(axis: $0, z: z, y: y) }
        }
        let (startZ, startY, startX) = (start[0], start[1], start[2])
        let (stepZ, stepY, stepX) = (matrix[0][2], matrix[1][2], matrix[2][2])
        for x in 0..<out.width {
          let dx = Double(x) - half[2]
          var pointZ = startZ + stepZ * dx
          var pointY = startY + stepY * dx
          var pointX = startX + stepX * dx
          if let rows, let columns {
            let (first, weights) = columns[x]
            pointZ += Self.spline(rows[0], first, weights)
            pointY += Self.spline(rows[1], first, weights)
            pointX += Self.spline(rows[2], first, weights)
          }
          let cell = Cell(around: pointZ, pointY, pointX, in: source)
          intensity[index] = cell.interpolated(image)
          label[index] = cell.classified(target)
          index += 1
        }
      }
    }
    return (intensities, classes)
  }

  private static func spline(
    _ row: [Double], _ first: Int, _ w: (Double, Double, Double, Double)
  ) -> Double {
    w.0 * row[first] + w.1 * row[first + 1] + w.2 * row[first + 2] + w.3 * row[first + 3]
  }
}

/// The eight voxels around a point of a volume, and the weights with which they contribute to it.
private struct Cell {
  /// The offset of the first voxel of each row of two along x: z and y low, then y high, then z
  /// high.
  private let i00: Int
  private let i01: Int
  private let i10: Int
  private let i11: Int
  private let x0: Int
  private let x1: Int
  /// The weights of the second voxel along each axis.
  private let wz: Float
  private let wy: Float
  private let wx: Float

  /// The cell around a point in voxels, mirrored into the volume.
  init(around z: Double, _ y: Double, _ x: Double, in extent: Extent) {
    let z = Self.neighbors(z, extent.depth)
    let y = Self.neighbors(y, extent.height)
    let x = Self.neighbors(x, extent.width)
    i00 = (z.first * extent.height + y.first) * extent.width
    i01 = (z.first * extent.height + y.second) * extent.width
    i10 = (z.second * extent.height + y.first) * extent.width
    i11 = (z.second * extent.height + y.second) * extent.width
    (x0, x1) = (x.first, x.second)
    (wz, wy, wx) = (z.weight, y.weight, x.weight)
  }

  /// The two voxels around a point of an axis, mirrored into the volume, and the second's weight.
  private static func neighbors(
    _ point: Double, _ length: Int
  ) -> (first: Int, second: Int, weight: Float) {
    let below = point.rounded(.down)
    let weight = Float(point - below)
    let first = Int(clamped: below)
    if first >= 0, first + 1 < length { return (first, first + 1, weight) }
    return (mirrored(first, length), mirrored(first + 1, length), weight)
  }

  /// The index that an index outside mirrors to: …, 2, 1, **0, 1, 2, 3**, 2, 1, 0, …
  private static func mirrored(_ index: Int, _ length: Int) -> Int {
    guard length > 1 else { return 0 }
    let period = 2 * (length - 1)
    let phase = ((index % period) + period) % period
    return min(phase, period - phase)
  }

  private static func mix(_ a: Float, _ b: Float, _ weight: Float) -> Float {
    a + (b - a) * weight
  }

  /// The intensity at the point.
  func interpolated(_ image: Span<Float>) -> Float {
    Self.mix(
      Self.mix(
        Self.mix(image[i00 + x0], image[i00 + x1], wx),
        Self.mix(image[i01 + x0], image[i01 + x1], wx), wy),
      Self.mix(
        Self.mix(image[i10 + x0], image[i10 + x1], wx),
        Self.mix(image[i11 + x0], image[i11 + x1], wx), wy), wz)
  }

  /// The class at the point.
  func classified(_ target: Span<Int8>) -> Float {
    // The first index is x, then y, then z.
    let t = (
      target[i00 + x0], target[i00 + x1], target[i01 + x0], target[i01 + x1],
      target[i10 + x0], target[i10 + x1], target[i11 + x0], target[i11 + x1]
    )
    let all = t.0 & t.1 & t.2 & t.3 & t.4 & t.5 & t.6 & t.7
    let any = t.0 | t.1 | t.2 | t.3 | t.4 | t.5 | t.6 | t.7
    if all == any { return Float(any) }
    if any < 0 {
      // Some voxel is ignored: does it contribute?
      func counts(_ t: Int8, _ bit: Int) -> Bool {
        t < 0 && (bit & 1 == 0 ? wx < 1 : wx > 0) && (bit & 2 == 0 ? wy < 1 : wy > 0)
          && (bit & 4 == 0 ? wz < 1 : wz > 0)
      }
      if counts(t.0, 0) || counts(t.1, 1) || counts(t.2, 2) || counts(t.3, 3) || counts(t.4, 4)
        || counts(t.5, 5) || counts(t.6, 6) || counts(t.7, 7)
      {
        return -1
      }
    }
    let probability = Self.mix(
      Self.mix(Self.mix(Float(t.0), Float(t.1), wx), Self.mix(Float(t.2), Float(t.3), wx), wy),
      Self.mix(Self.mix(Float(t.4), Float(t.5), wx), Self.mix(Float(t.6), Float(t.7), wx), wy), wz)
    return probability >= 0.5 ? 1 : 0
  }
}

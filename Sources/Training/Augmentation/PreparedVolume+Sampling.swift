import Compute
import Microscopy

extension PreparedVolume {
  /// The part of the volume in a window, mirrored at the border where the window leaves it.
  public func sample(in window: Window) -> Sample {
    Sample(
      name: name, image: image.viewed(through: window, outside: .mirror),
      target: target.map { Float($0) }.viewed(through: window, outside: .mirror))
  }

  /// The part of the volume in a window, seen through a transform about the window's center.
  ///
  /// Intensities are interpolated linearly. The target's foreground is interpolated linearly as a
  /// probability and thresholded at 0.5; a voxel is ignored as soon as one ignored voxel contributes
  /// to it. Places outside mirror at the border; those outside the window are real data.
  public func sample(in window: Window, through transform: SpatialTransform) -> Sample {
    if transform.isIdentity { return sample(in: window) }
    let out = window.extent
    let warp = Warp(
      source: image.extent, window: window,
      matrix: transform.voxelMatrix(image.voxelSize ?? VoxelSize(x: 1, y: 1, z: 1)),
      displacement: transform.displacement)
    let planesPerJob = max(1, (1 << 15) / (out.height * out.width))
    let jobs = (out.depth + planesPerJob - 1) / planesPerJob
    let parts = Parallel.map(jobs) { job in
      let planes = job * planesPerJob..<min(out.depth, (job + 1) * planesPerJob)
      return warp.run(planes: planes, image: image.voxels, target: target.voxels)
    }
    return Sample(
      name: name,
      image: Volume(parts.flatMap(\.image), extent: out, voxelSize: image.voxelSize),
      target: Volume(parts.flatMap(\.target), extent: out, voxelSize: image.voxelSize))
  }
}

/// The loop of a geometric change.
private struct Warp: Sendable {
  let source: Extent
  let window: Window
  /// Place in voxels from voxel of the sample, rows z, y, x.
  let matrix: [[Double]]
  let displacement: DisplacementField?

  /// Planes of the sample.
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
          var placeZ = startZ + stepZ * dx
          var placeY = startY + stepY * dx
          var placeX = startX + stepX * dx
          if let rows, let columns {
            let (first, weights) = columns[x]
            placeZ += Self.spline(rows[0], first, weights)
            placeY += Self.spline(rows[1], first, weights)
            placeX += Self.spline(rows[2], first, weights)
          }
          let (z0, z1, wz) = Self.neighbors(placeZ, source.depth)
          let (y0, y1, wy) = Self.neighbors(placeY, source.height)
          let (x0, x1, wx) = Self.neighbors(placeX, source.width)
          let i00 = (z0 * source.height + y0) * source.width
          let i01 = (z0 * source.height + y1) * source.width
          let i10 = (z1 * source.height + y0) * source.width
          let i11 = (z1 * source.height + y1) * source.width
          intensity[index] = Self.mix(
            Self.mix(
              Self.mix(image[i00 + x0], image[i00 + x1], wx),
              Self.mix(image[i01 + x0], image[i01 + x1], wx), wy),
            Self.mix(
              Self.mix(image[i10 + x0], image[i10 + x1], wx),
              Self.mix(image[i11 + x0], image[i11 + x1], wx), wy), wz)
          label[index] = Self.classify(
            (
              target[i00 + x0], target[i00 + x1], target[i01 + x0], target[i01 + x1],
              target[i10 + x0], target[i10 + x1], target[i11 + x0], target[i11 + x1]
            ), wx, wy, wz)
          index += 1
        }
      }
    }
    return (intensities, classes)
  }

  /// The two voxels around a place, mirrored into the volume, and the weight of the second.
  private static func neighbors(_ place: Double, _ length: Int) -> (Int, Int, Float) {
    let below = place.rounded(.down)
    let weight = Float(place - below)
    let first = Int(below)
    if first >= 0, first + 1 < length { return (first, first + 1, weight) }
    return (mirrored(first, length), mirrored(first + 1, length), weight)
  }

  /// The index that a place mirrors to: …, 2, 1, **0, 1, 2, 3**, 2, 1, 0, …
  private static func mirrored(_ place: Int, _ length: Int) -> Int {
    guard length > 1 else { return 0 }
    let period = 2 * (length - 1)
    let phase = ((place % period) + period) % period
    return min(phase, period - phase)
  }

  private static func mix(_ a: Float, _ b: Float, _ weight: Float) -> Float {
    a + (b - a) * weight
  }

  private static func spline(
    _ row: [Double], _ first: Int, _ w: (Double, Double, Double, Double)
  ) -> Double {
    w.0 * row[first] + w.1 * row[first + 1] + w.2 * row[first + 2] + w.3 * row[first + 3]
  }

  /// The class between eight voxels, the first index x, then y, then z.
  private static func classify(
    _ t: (Int8, Int8, Int8, Int8, Int8, Int8, Int8, Int8), _ wx: Float, _ wy: Float, _ wz: Float
  ) -> Float {
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
    let probability = mix(
      mix(mix(Float(t.0), Float(t.1), wx), mix(Float(t.2), Float(t.3), wx), wy),
      mix(mix(Float(t.4), Float(t.5), wx), mix(Float(t.6), Float(t.7), wx), wy), wz)
    return probability >= 0.5 ? 1 : 0
  }
}

import Compute
import Foundation
import Microscopy
import Morphometry
import Testing

/// What must hold for any volume.
@Suite struct MeasurementPropertyTests {
  static let size = VoxelSize(x: 0.5, y: 0.8, z: 2)

  /// Blobs under a few labels: boxes painted over each other, with holes.
  static func random(seed: UInt64, extent: Extent) -> LabelVolume {
    var generator = SeededGenerator(seed: 77, stream: seed)
    var labels = LabelVolume(repeating: 0, extent: extent, voxelSize: size)
    for _ in 0..<14 {
      let label = UInt32(Int.random(in: 0...5, using: &generator) * 1000)
      func range(_ count: Int) -> ClosedRange<Int> {
        let first = Int.random(in: 0..<count, using: &generator)
        return first...min(count - 1, first + Int.random(in: 0...6, using: &generator))
      }
      let (zs, ys, xs) = (range(extent.depth), range(extent.height), range(extent.width))
      for z in zs {
        for y in ys {
          for x in xs where Double.random(in: 0..<1, using: &generator) < 0.8 {
            labels[z, y, x] = label
          }
        }
      }
    }
    return labels
  }

  static func transformed(
    _ volume: LabelVolume, extent: Extent, voxelSize: VoxelSize?,
    _ source: (Int, Int, Int) -> (Int, Int, Int)?
  ) -> LabelVolume {
    var result = LabelVolume(repeating: 0, extent: extent, voxelSize: voxelSize)
    for z in 0..<extent.depth {
      for y in 0..<extent.height {
        for x in 0..<extent.width {
          if let (a, b, c) = source(z, y, x) { result[z, y, x] = volume[a, b, c] }
        }
      }
    }
    return result
  }

  static let extent = Extent(depth: 7, height: 13, width: 17)

  @Test(arguments: 0..<20) func translation(seed: Int) throws {
    let labels = Self.random(seed: UInt64(seed), extent: Self.extent)
    // Inside a wider volume twice, at different positions.
    let wide = Extent(depth: 12, height: 20, width: 30)
    func place(_ dz: Int, _ dy: Int, _ dx: Int) throws -> NucleusMeasurements {
      try NucleusMeasurements(
        Self.transformed(labels, extent: wide, voxelSize: Self.size) { z, y, x in
          let (a, b, c) = (z - dz, y - dy, x - dx)
          let isInside =
            (0..<7).contains(a) && (0..<13).contains(b) && (0..<17).contains(c)
          return isInside ? (a, b, c) : nil
        })
    }
    let (first, second) = (try place(1, 2, 3), try place(4, 6, 11))
    #expect(first.nuclei.count == second.nuclei.count && !first.nuclei.isEmpty)
    for (a, b) in zip(first.nuclei, second.nuclei) {
      #expect(a.label == b.label && a.volume == b.volume && a.solidity == b.solidity)
      #expect(a.surfaceArea == b.surfaceArea && a.axes == b.axes)
      #expect(a.surfaceVoxels == b.surfaceVoxels)
      #expect(a.surfaceVoxelsFaces == b.surfaceVoxelsFaces)
      #expect(abs(b.centroid.z - a.centroid.z - 3 * 2) < 1e-9)
      #expect(abs(b.centroid.x - a.centroid.x - 8 * 0.5) < 1e-9)
      #expect(abs(a.distanceToCenter - b.distanceToCenter) < 1e-9)
    }
  }

  /// Swapping z and x of the grid and of the voxel size changes the names of the axes alone.
  @Test(arguments: 0..<20) func axisPermutation(seed: Int) throws {
    let labels = Self.random(seed: UInt64(seed), extent: Self.extent)
    let swapped = Self.transformed(
      labels, extent: Extent(depth: 17, height: 13, width: 7),
      voxelSize: VoxelSize(x: 2, y: 0.8, z: 0.5)
    ) { z, y, x in (x, y, z) }
    let first = try NucleusMeasurements(labels).nuclei
    let second = try NucleusMeasurements(swapped).nuclei
    for (a, b) in zip(first, second) {
      #expect(a.solidity == b.solidity && a.surfaceVoxels == b.surfaceVoxels)
      #expect(a.surfaceVoxelsFaces == b.surfaceVoxelsFaces && a.touchesBorder == b.touchesBorder)
      #expect(abs(a.surfaceArea / b.surfaceArea - 1) < 1e-9)
      #expect(abs(a.centroid.z - b.centroid.x) < 1e-9 && abs(a.centroid.x - b.centroid.z) < 1e-9)
      for (c, d) in [
        (a.axes.majorLength, b.axes.majorLength), (a.axes.middleLength, b.axes.middleLength),
        (a.axes.minorLength, b.axes.minorLength),
      ] {
        #expect(abs(c * c - d * d) < 1e-9)
      }
      let (near, other) = (a.nearestNeighbor ?? 0, b.nearestNeighbor ?? 0)
      #expect(abs(near - other) < 1e-9)
    }
  }

  /// Objects do not see each other, so measuring one label after the other gives the same; volumes
  /// and intensities add up to those of the union.
  @Test(arguments: 0..<10) func additivity(seed: Int) throws {
    let labels = Self.random(seed: UInt64(seed), extent: Self.extent)
    let image = Volume<Float>(
      labels.voxels.indices.map { Float($0 % 97) + 3 }, extent: labels.extent)
    let all = try NucleusMeasurements(labels, image: image).nuclei
    for nucleus in all {
      let alone = try NucleusMeasurements(
        labels.map { $0 == nucleus.label ? 9 : 0 }, image: image
      ).nuclei[0]
      #expect(alone.label == 9 && alone.voxelCount == nucleus.voxelCount)
      #expect(alone.surfaceArea == nucleus.surfaceArea && alone.axes == nucleus.axes)
      #expect(alone.solidity == nucleus.solidity && alone.intensity == nucleus.intensity)
      #expect(alone.surfaceVoxels == nucleus.surfaceVoxels && alone.nearestNeighbor == nil)
    }
    let union = try NucleusMeasurements(labels.map { $0 > 0 ? 1 : 0 }, image: image).nuclei[0]
    #expect(union.voxelCount == all.reduce(0) { $0 + $1.voxelCount })
    #expect(union.intensity?.sum == all.reduce(0) { $0 + ($1.intensity?.sum ?? 0) })
  }

  @Test func neighborsAndCenter() throws {
    let labels = Self.random(seed: 4, extent: Self.extent)
    let measured = try NucleusMeasurements(labels)
    let places = measured.nuclei.map(\.centroid)
    #expect(places.count > 2)
    for (index, nucleus) in measured.nuclei.enumerated() {
      let others = places.indices.filter { $0 != index }.map { places[$0] }
      #expect(nucleus.nearestNeighbor == others.map { nucleus.centroid.distance(to: $0) }.min())
    }
    let mean = places.map(\.x).reduce(0, +) / Double(places.count)
    let center = try #require(measured.center)
    #expect(abs(center.x - mean) < 1e-9)
  }

  @Test func sameBitsForAnyThreadCount() throws {
    let labels = Self.random(seed: 9, extent: Extent(depth: 40, height: 60, width: 90))
    let results = try [1, 2, 5].map { threads in
      try Parallel.$threads.withValue(threads) { try NucleusMeasurements(labels) }
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test func emptyVolumesAndUnknownScale() throws {
    let extent = Extent(depth: 3, height: 4, width: 5)
    let empty = try NucleusMeasurements(
      LabelVolume(repeating: 0, extent: extent, voxelSize: Self.size))
    #expect(empty.nuclei.isEmpty && empty.center == nil)
    #expect(throws: VolumeError.unknownVoxelSize) {
      try NucleusMeasurements(LabelVolume(repeating: 1, extent: extent))
    }
    let flat = VoxelSize(x: 1, y: 0, z: 1)
    #expect(throws: VolumeError.invalidVoxelSize(flat)) {
      try NucleusMeasurements(LabelVolume(repeating: 1, extent: extent), voxelSize: flat)
    }
    let full = try NucleusMeasurements(
      LabelVolume(repeating: .max, extent: extent), voxelSize: Self.size
    ).nuclei[0]
    #expect(full.voxelCount == 60 && full.solidity == 1 && full.touchesBorder)
    // The border does not erode, but it bounds the object.
    #expect(full.surfaceVoxels == 0 && full.surfaceVoxelsFaces == 0 && full.surfaceArea > 0)
  }

  @Test func imageWithoutNumbers() throws {
    let extent = Extent(depth: 1, height: 1, width: 3)
    let image = Volume<Float>([1, .nan, 5], extent: extent)
    let nuclei = try NucleusMeasurements(
      LabelVolume([2, 2, 7], extent: extent), image: image, voxelSize: Self.size
    ).nuclei
    #expect(nuclei[0].intensity?.mean.isNaN == true && nuclei[0].intensity?.maximum.isNaN == true)
    #expect(nuclei[1].intensity?.mean == 5 && nuclei[1].intensity?.standardDeviation == 0)
  }
}

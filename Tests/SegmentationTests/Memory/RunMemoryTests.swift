import Compute
import Foundation
import Microscopy
import Morphometry
import Segmentation
import Testing

#if os(Linux)
  /// What the steps after the networks take for each run of the foreground stays within the plan.
  @Suite(.serialized) struct RunMemoryTests {
    @Test func nucleiThatTouch() async {
      await #expect(processExitsWith: .success) { try Scene(kind: .nuclei).check() }
    }

    @Test func noise() async {
      await #expect(processExitsWith: .success) { try Scene(kind: .noise).check() }
    }
  }

  /// A probability that is computed plane by plane: balls of 6 µm in pairs, or single voxels.
  private struct Scene: PlaneSource {
    enum Kind { case nuclei, noise }

    let kind: Kind
    var extent = Extent(depth: 96, height: 512, width: 1024)
    let voxelSize: VoxelSize? = VoxelSize(x: 0.8, y: 0.8, z: 1.75)

    func planes(_ range: Range<Int>) -> Volume<Float> {
      let size = Extent(depth: range.count, height: extent.height, width: extent.width)
      let (height, width, kind) = (extent.height, extent.width, kind)
      let planes = Parallel.map(range.count) { plane in
        (0..<height * width).map {
          Self.value(kind, range.lowerBound + plane, $0 / width, $0 % width)
        }
      }
      let voxels = planes.flatMap { $0 }
      return Volume(voxels, extent: size, voxelSize: voxelSize)
    }

    private static func value(_ kind: Kind, _ z: Int, _ y: Int, _ x: Int) -> Float {
      if kind == .noise {
        let number = UInt64(((z * 1009) + y) * 4099 + x) &* 0x9E37_79B9_7F4A_7C15
        return number >> 40 % 8 == 0 ? 1 : 0
      }
      // Distances from the middles of cells, which are so narrow along x that two balls touch.
      let cell = x / 16
      let middle = 16 * cell + (cell % 2 == 0 ? 9 : 6)
      let (dz, dy, dx) = (
        Double(z % 10 - 5) * 1.75, Double(y % 18 - 9) * 0.8, Double(x - middle) * 0.8
      )
      return dz * dz + dy * dy + dx * dx < 36 ? 1 : 0
    }

    /// Segments and measures, and throws if that takes more than planned.
    func check() throws {
      var small = self
      small.extent = Extent(depth: 10, height: 64, width: 64)
      _ = try small.measurements(slabBytes: 1 << 20)
      MemoryPool.release()
      let slabBytes = 32 << 20
      let before = try #require(ProcessMemory.currentBytes)
      ProcessMemory.resetPeak()
      let (nuclei, runs) = try measurements(slabBytes: slabBytes)
      let taken = try #require(ProcessMemory.peakBytes) - before
      // 5/4: arrays grow by a little more than they hold, as plans know.
      let planned = (runs * MemoryPlan.bytesPerRun + slabBytes) * 5 / 4
      let line =
        "\(kind): \(nuclei) nuclei, \(runs) runs, took \(taken) bytes of \(planned), beside slabs "
        + "\((taken - slabBytes * 5 / 4) / runs) for each run\n"
      FileHandle.standardError.write(Data(line.utf8))
      struct TooMuch: Error {}
      guard taken <= planned, runs > 1_000_000, kind == .noise || nuclei > 10_000 else {
        throw TooMuch()
      }
    }

    private func measurements(slabBytes: Int) throws -> (nuclei: Int, runs: Int) {
      var count = 0
      func mask() throws -> MaskRuns {
        var mask = MaskRuns(planesOf: extent, voxelSize: voxelSize, limit: extent.count / 8)
        try forEachSlab(of: extent.planes(in: slabBytes, bytesPerVoxel: 12)) {
          mask.append($1.thresholded(at: 0.5))
        }
        count = mask.runs.count
        return mask
      }
      var parameters = SegmentationParameters()
      parameters.splitting = .watershed
      let instances = try InstanceSplitter(parameters).instances(
        in: mask(), centers: [], voxelSize: try #require(voxelSize), name: "v", bytes: 1 << 40,
        slabBytes: slabBytes)
      let measurements = try NucleusMeasurements(
        instances.runs, image: self, slab: extent.planes(in: slabBytes, bytesPerVoxel: 24))
      return (measurements.nuclei.count, count)
    }
  }
#endif

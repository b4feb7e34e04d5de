import Foundation
import Microscopy
import TestSupport
import Testing

/// Voxel sizes and lengths that no microscope has, and kernels and radii beyond the volume.
@Suite struct PlausibilityTests {
  @Test func voxelSizes() {
    for edge in [0.001, 0.0065, 0.8, 1000] { #expect(VoxelSize(isotropic: edge).isValid) }
    for edge in [0, -1, .nan, .infinity, 1e-300, 0.00099, 1001, 1e300] {
      #expect(!VoxelSize(isotropic: edge).isValid, "\(edge)")
      #expect(!VoxelSize(x: 1, y: 1, z: edge).isValid, "\(edge)")
    }
    #expect(VoxelSize(x: 0.1, y: 0.1, z: 100).isValid)
    #expect(!VoxelSize(x: 0.1, y: 0.1, z: 100.1).isValid)
  }

  /// A σ far beyond the axis equals the definition, a sum over all offsets.
  @Test(arguments: FilterBorder.allCases, [60.0, 400])
  func wideKernels(border: FilterBorder, sigma: Double) {
    let values: [Float] = [0, 1, 5, 2, 9, 3, 3]
    let extent = Extent(depth: 7, height: 1, width: 1)
    for axis in Axis.allCases {
      var shape = Extent(depth: 1, height: 1, width: 1)
      shape[axis] = 7
      let volume = Volume(values, extent: shape)
      let found = volume.gaussianFiltered(
        sigma: GaussianSigma(
          z: axis == .z ? sigma : 0, y: axis == .y ? sigma : 0, x: axis == .x ? sigma : 0),
        border: border)
      let radius = Int(4 * sigma + 0.5)
      for (position, value) in found.voxels.enumerated() {
        var (sum, total) = (0.0, 0.0)
        for offset in -radius...radius {
          let weight = exp(-0.5 * Double(offset * offset) / (sigma * sigma))
          sum += weight * Double(values[seen(position + offset, extent.depth, border)])
          total += weight
        }
        #expect(abs(Double(value) - sum / total) < 1e-5, "\(axis) \(position)")
      }
    }
  }

  private func seen(_ position: Int, _ length: Int, _ border: FilterBorder) -> Int {
    if border == .nearest { return min(max(position, 0), length - 1) }
    let period = border == .mirror ? 2 * (length - 1) : 2 * length
    let phase = ((position % period) + period) % period
    return min(phase, (border == .mirror ? period : period - 1) - phase)
  }

  @Test func hugeLengthsEnd() {
    var volume = Volume<Float>(
      repeating: 0, extent: Extent(depth: 12, height: 36, width: 31),
      voxelSize: VoxelSize(isotropic: 0.001))
    for i in volume.voxels.indices { volume.voxels[i] = Float((i &* 2_654_435_761) >> 7 & 1023) }
    let size = VoxelSize(isotropic: 0.001)
    for border in FilterBorder.allCases {
      let smooth = volume.gaussianFiltered(
        sigma: .micrometers(1e300, voxelSize: size), border: border)
      #expect(smooth.voxels.allSatisfy { $0 > 0 && $0 < 1023 })
    }
    let maxima = volume.localMaxima(radius: 1000, voxelSize: size, threshold: 0)
    #expect(maxima.count == 1)
    let flat = Volume<Float>(repeating: 3, extent: volume.extent, voxelSize: size)
    #expect(flat.localMaxima(radius: 1000, voxelSize: size, threshold: 0).count == 1)
    // A radius below a voxel: every maximum counts, and there are many.
    let many = volume.localMaxima(
      radius: 1, voxelSize: VoxelSize(isotropic: 1), threshold: 0)
    #expect(many.count > 500)
  }

  /// Ellipsoids that are looked up in the pyramid, against all pairs of voxels of a sparse mask.
  @Test(arguments: [12.0, 20, 33, 200]) func wideRadii(radius: Double) {
    let extent = Extent(depth: 40, height: 44, width: 41)
    let size = VoxelSize(x: 0.5, y: 0.6, z: 0.7)
    var volume = Volume<Float>(repeating: 0, extent: extent)
    var mask = Volume<Bool>(repeating: false, extent: extent)
    for number in 0..<250 {
      let offset = number * 7919 * 31 % extent.count
      mask.voxels[offset] = true
      volume.voxels[offset] = Float(number * 37 % 101 + 1) + Float(number) / 1000
    }
    let inside = mask.voxels.indices.filter { mask.voxels[$0] }
      .sorted { volume.voxels[$0] > volume.voxels[$1] }
    func squared(_ a: Int, _ b: Int) -> Double {
      volume.index(ofVoxel: a).squaredDistance(to: volume.index(ofVoxel: b), voxelSize: size)
    }
    let expected = inside.filter { voxel in
      inside.allSatisfy { other in
        volume.voxels[other] <= volume.voxels[voxel] || squared(voxel, other) > radius * radius
      }
    }
    let found = volume.localMaxima(radius: radius, voxelSize: size, threshold: 0, mask: mask)
    #expect(found == expected.map { volume.index(ofVoxel: $0) })
  }

  @Test func masks() {
    let extent = Extent(depth: 1, height: 3, width: 5)
    func notice(_ value: UInt32, pieces: Int) -> MaskNotice? {
      var labels = LabelVolume(repeating: 0, extent: extent)
      for piece in 0..<pieces { labels[0, 0, 2 * piece] = value }
      return MaskNotice(labels)
    }
    #expect(notice(255, pieces: 3)?.pieces == 3 && notice(65535, pieces: 1)?.label == 65535)
    #expect(notice(1, pieces: 2)?.pieces == 2)
    #expect(
      notice(1, pieces: 1) == nil && notice(7, pieces: 3) == nil && notice(1, pieces: 0) == nil)
    #expect(
      MaskNotice(LabelVolume([1, 0, 2], extent: Extent(depth: 1, height: 1, width: 3))) == nil)
  }

  @Test func samplesOutOfRange() throws {
    func samples(_ values: [Double]) -> SampleVolume {
      SampleVolume(
        values.flatMap { value in withUnsafeBytes(of: value) { [UInt8]($0) } }, type: .float64,
        extent: Extent(depth: 1, height: 1, width: values.count))
    }
    let far = samples([1, 1e300, .infinity, .nan])
    #expect(throws: SampleRangeError.self) { try far.finiteFloats() }
    #expect(throws: SampleRangeError.self) { try far.converted(to: .float32, isRounded: true) }
    let near = try samples([1, .infinity, -3e38]).finiteFloats()
    #expect(near.voxels == [1, .infinity, -3e38])
  }
}

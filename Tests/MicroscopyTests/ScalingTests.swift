import Foundation
import Microscopy
import TestSupport
import Testing

@Suite("Intensity scaling")
struct ScalingTests {
  @Test("min–max brings intensities to 0…1")
  func minMax() throws {
    let input = try Fixture.reference("resampling-input")
    let (low, high) = (input.voxels.min()!, input.voxels.max()!)
    let scaled = try input.scaled(by: .minMax)
    #expect(scaled.voxels == input.voxels.map { ($0 - low) / (high - low) })
    #expect(scaled.voxels.min() == 0)
    #expect(scaled.voxels.max() == 1)
    #expect(try input.scaled(by: .none) == input)
  }

  @Test("percentiles equal NumPy's")
  func percentiles() throws {
    let input = try Fixture.reference("resampling-input")
    let expected = try Fixture.reference("percentiles").voxels
    let found = input.percentiles([0, 1, 25, 50, 99.8, 100])
    for (a, b) in zip(found, expected) {
      #expect(abs(a - Double(b)) <= Tolerance.ulp * abs(Double(b)) * 2)
    }
    let scaled = try input.scaled(by: .percentile(low: 25, high: 99.8, clamped: false))
    let clamped = try input.scaled(by: .percentile(low: 25, high: 99.8, clamped: true))
    let (low, high) = (Float(found[2]), Float(found[4]))
    #expect(scaled.voxels == input.voxels.map { ($0 - low) / (high - low) })
    #expect(clamped.voxels == scaled.voxels.map { max(0, min(1, $0)) })
    #expect(clamped.voxels.contains(0) && clamped.voxels.contains(1))
    #expect(scaled.voxels.contains { $0 < 0 } && scaled.voxels.contains { $0 > 1 })
  }

  @Test("a constant volume becomes zeros")
  func constant() throws {
    let volume = Volume<Float>(repeating: 7, extent: Extent(depth: 2, height: 3, width: 5))
    for scaling in [
      IntensityScaling.minMax, .percentile(low: 1, high: 99, clamped: true),
    ] {
      #expect(try volume.scaled(by: scaling).voxels.allSatisfy { $0 == 0 })
    }
    let empty = Volume<Float>([], extent: Extent(depth: 0, height: 3, width: 5))
    #expect(try empty.scaled(by: .minMax).voxels.isEmpty)
  }

  @Test("NaN and infinity are refused with their place", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) {
    var volume = Volume<Float>(repeating: 7, extent: Extent(depth: 2, height: 3, width: 50))
    for place in [0, 13, 49] {
      volume[1, 2, place] = value
    }
    let expected = VolumeError.notFinite(count: 3, first: VoxelIndex(z: 1, y: 2, x: 0))
    #expect(throws: expected) { try volume.scaled(by: .minMax) }
    #expect(throws: expected) { try volume.scaled(by: .none) }
    #expect(
      expected.description
        == "3 voxels are NaN or infinite, the first at (1, 2, 0) (z, y, x): "
        + "replace them by finite intensities")
  }

  @Test("impossible percentiles are refused")
  func impossible() {
    let volume = Volume<Float>(repeating: 7, extent: Extent(depth: 1, height: 1, width: 2))
    for (low, high) in [(-1.0, 50.0), (50, 50), (60, 40), (0, 101), (.nan, 3)] {
      #expect(throws: VolumeError.self) {
        try volume.scaled(by: .percentile(low: low, high: high, clamped: false))
      }
    }
  }

  @Test("coded as documented")
  func coding() throws {
    func decode(_ text: String) throws -> IntensityScaling {
      try JSONDecoder().decode(IntensityScaling.self, from: Data(text.utf8))
    }
    #expect(try decode(#"{"method": "minMax"}"#) == .minMax)
    #expect(
      try decode(#"{"method": "percentile", "low": 1, "high": 99.8}"#)
        == .percentile(low: 1, high: 99.8, clamped: false))
    for scaling in [
      IntensityScaling.minMax, .none, .percentile(low: 2, high: 98, clamped: true),
    ] {
      let data = try JSONEncoder().encode(scaling)
      #expect(try JSONDecoder().decode(IntensityScaling.self, from: data) == scaling)
    }
    #expect(throws: (any Error).self) { try decode(#"{"method": "magic"}"#) }
  }
}

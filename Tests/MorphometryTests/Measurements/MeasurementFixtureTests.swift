import Microscopy
import Morphometry
import Networks
import TestSupport
import Testing

/// Against scikit-image's `regionprops_table` on anisotropic volumes
/// (`Fixtures/measurements/make.py`): objects that touch, are cut by the border, lie in one plane,
/// are one voxel, are hollow, in pieces or ragged, under labels with gaps and above 16 bits.
@Suite struct MeasurementFixtureTests {
  static let cases = ["ellipsoids", "shapes", "noise"]

  private struct Case {
    let expected: SafeTensors
    let name: String
    let measured: NucleusMeasurements

    init(_ name: String) throws {
      self.name = name
      expected = try Fixture.load("measurements/measurements", bundle: .module)
      let labels = try TIFF.readLabels(
        at: Fixture.path("measurements/\(name)-labels.tif", bundle: .module))
      let image = try TIFF.readVolume(
        at: Fixture.path("measurements/\(name)-image.tif", bundle: .module))
      let spacing = try expected.doubles("\(name).spacing")
      measured = try NucleusMeasurements(
        labels, image: image,
        voxelSize: VoxelSize(x: spacing[2], y: spacing[1], z: spacing[0]))
    }

    /// The expected and the measured values of a property, object by object.
    func pairs(
      _ property: String, _ value: (NucleusMeasurement) -> Double?
    ) throws -> [(expected: Double, measured: Double?, label: UInt32)] {
      let values = try expected.doubles("\(name).\(property)")
      #expect(values.count == measured.nuclei.count)
      return zip(values, measured.nuclei).map { ($0, value($1), $1.label) }
    }
  }

  /// Counts and indices on the grid are equal.
  @Test(arguments: cases) func integers(name: String) throws {
    let test = try Case(name)
    let properties: [(String, (NucleusMeasurement) -> Int)] =
      [
        ("label", { Int($0.label) }), ("num_pixels", { $0.voxelCount }),
        ("surface_voxels", { $0.surfaceVoxels }),
        ("surface_voxels_faces", { $0.surfaceVoxelsFaces }),
        ("bbox-0", { $0.boundingBox.lower.z }), ("bbox-1", { $0.boundingBox.lower.y }),
        ("bbox-2", { $0.boundingBox.lower.x }), ("bbox-3", { $0.boundingBox.upper.z }),
        ("bbox-4", { $0.boundingBox.upper.y }), ("bbox-5", { $0.boundingBox.upper.x }),
      ]
    for (property, value) in properties {
      for pair in try test.pairs(property, { Double(value($0)) }) {
        #expect(pair.expected == pair.measured, "\(property) of \(pair.label)")
      }
    }
  }

  /// Sums of up to some thousand numbers, in another order: a relative 10⁻¹² is thousands of ulp.
  @Test(arguments: cases) func numbers(name: String) throws {
    let test = try Case(name)
    let properties: [(String, (NucleusMeasurement) -> Double?)] = [
      ("area", { $0.volume }), ("equivalent_diameter_area", { $0.equivalentDiameter }),
      ("centroid-0", { $0.centroid.z }), ("centroid-1", { $0.centroid.y }),
      ("centroid-2", { $0.centroid.x }), ("intensity_mean", { $0.intensity?.mean }),
      ("intensity_std", { $0.intensity?.standardDeviation }),
      ("intensity_min", { $0.intensity?.minimum }),
      ("intensity_max", { $0.intensity?.maximum }),
    ]
    for (property, value) in properties {
      for pair in try test.pairs(property, value) {
        let measured = try #require(pair.measured)
        #expect(
          abs(pair.expected - measured) <= 1e-12 * max(1, abs(pair.expected)),
          "\(property) of \(pair.label): \(measured), not \(pair.expected)")
      }
    }
  }

  /// Lengths are square roots: an error of 10⁻¹³ in a variance that should be 0 is 10⁻⁶ in a
  /// length, so variances are compared.
  @Test(arguments: cases) func axes(name: String) throws {
    let test = try Case(name)
    let properties: [(String, (NucleusMeasurement) -> Double)] = [
      ("axis_major_length", { $0.axes.majorLength }),
      ("axis_minor_length", { $0.axes.minorLength }),
    ]
    for (property, value) in properties {
      for pair in try test.pairs(property, value) {
        let (expected, measured) = (pair.expected, try #require(pair.measured))
        #expect(
          abs(expected * expected - measured * measured) <= 1e-10 * (1 + expected * expected),
          "\(property) of \(pair.label): \(measured), not \(expected)")
      }
    }
    for (index, nucleus) in test.measured.nuclei.enumerated() {
      let (axes, label) = (nucleus.axes, nucleus.label)
      let lengths = [axes.majorLength, axes.middleLength, axes.minorLength]
      #expect(lengths == lengths.sorted(by: >), "axes of \(label)")
      for (number, axis) in [axes.major, axes.middle, axes.minor].enumerated() {
        let vector = [axis.z, axis.y, axis.x]
        let square: Double = vector.reduce(0) { $0 + $1 * $1 }
        #expect(abs(square - 1) < 1e-12)
        let (low, high) = (vector.min() ?? 0, vector.max() ?? 0)
        #expect(high >= -low * (1 - 1e-9), "the sign of axis \(number)")
        // A direction is defined where its length differs from the others.
        let others = lengths.indices.filter { $0 != number }.map { lengths[$0] }
        guard others.allSatisfy({ abs($0 - lengths[number]) > 0.01 * lengths[0] }) else {
          continue
        }
        let all = try test.expected.doubles("\(name).axis_\(number)")
        let expected = Array(all[3 * index..<3 * index + 3])
        let cosine: Double = zip(vector, expected).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(abs(cosine) - 1) < 1e-9, "axis \(number) of \(label): \(vector)")
      }
    }
  }

  /// Both count voxels, so the quotients are equal. Where scikit-image finds no hull (one voxel
  /// thick objects) ours is still a share.
  @Test(arguments: cases) func solidity(name: String) throws {
    for pair in try Case(name).pairs("solidity", { $0.solidity }) {
      let measured = try #require(pair.measured)
      if pair.expected.isNaN {
        #expect((0...1).contains(measured) && measured > 0, "label \(pair.label)")
      } else {
        #expect(
          abs(measured - pair.expected) < 1e-15, "label \(pair.label): not \(pair.expected)")
      }
    }
  }

  @Test func flatObjects() throws {
    let test = try Case("shapes")
    let nuclei = Dictionary(uniqueKeysWithValues: test.measured.nuclei.map { ($0.label, $0) })
    // A voxel, a line, a full rectangle: their own hulls. Length 0 across.
    for label: UInt32 in [2, 5, 8] {
      let nucleus = try #require(nuclei[label])
      #expect(nucleus.solidity == 1 && nucleus.axes.minorLength == 0, "label \(label)")
      #expect(nucleus.aspectRatio == nil)
    }
    // Every third of 22 voxels of a row.
    let dots = try #require(nuclei[.max])
    #expect(dots.voxelCount == 8 && dots.solidity == 8.0 / 22)
    #expect(nuclei.values.filter(\.touchesBorder).map(\.label).sorted() == [3, 6, 14, 15, .max])
  }
}

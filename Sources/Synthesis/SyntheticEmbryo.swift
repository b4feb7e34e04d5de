import Compute
import Foundation
import Microscopy

/// A synthetic mouse embryo that develops from two nuclei to a blastocyst of 64, and the microscope
/// that images it.
///
/// Everything is a pure function of the seed, the embryo's number and the time, so a time point is
/// the same whatever else is asked for. docs/synthetic-embryos.md says what is modeled, how it was
/// fitted and how near it comes to real embryos.
public struct SyntheticEmbryo: Sendable {
  /// What is made.
  public struct Parameters: Sendable, Hashable {
    /// The extents of the field of view.
    public var extent = Extent(depth: 51, height: 124, width: 127)
    /// The voxel size in µm.
    public var voxelSize = VoxelSize(x: 0.8, y: 0.8, z: 1.75)
    /// The standard deviation of noise over the usual one; 0 for none.
    public var noise = 1.0
    /// How much microscopes and cameras differ from embryo to embryo: 0 not at all, 1 widely.
    public var diversity = 1.0
    /// How the ground truth outlines nuclei.
    public var annotation = Annotation()

    /// BBBC050's field of view.
    public init() {}
  }

  /// The hours of the whole development.
  public static let duration = Double(EmbryoLineage.lastStep) * EmbryoLineage.hoursPerStep
  /// The numbers of nuclei between which an embryo can be shown.
  public static let nuclei = 2...EmbryoLineage.nucleusLimit

  /// What is made.
  public let parameters: Parameters
  package let lineage: EmbryoLineage
  let microscope: Microscope
  private let seed: UInt64
  private let number: Int
  private let shape: EmbryoShape
  private let motion: EmbryoMotion
  private let bystanders: [Bystander]
  /// The embryo's middle in µm from the corner of the field of view, and how far it drifts.
  private let middle: SIMD3<Double>
  private let drift: (amount: SIMD3<Double>, phase: SIMD3<Double>)
  /// How far outer nuclei flatten against the surface of a blastocyst.
  private let flattening: Double

  /// Embryo `number` (from 0) of a seed.
  public init(_ parameters: Parameters = Parameters(), seed: UInt64, number: Int = 0) {
    precondition(parameters.voxelSize.isValid, "a voxel has positive edges")
    precondition(parameters.noise >= 0 && parameters.diversity >= 0, "amounts are not negative")
    self.parameters = parameters
    self.seed = seed
    self.number = number
    func generator(_ purpose: Stream) -> SeededGenerator {
      SeededGenerator(seed: seed, stream: UInt64(number), purpose.rawValue)
    }
    var chance = generator(.lineage)
    lineage = EmbryoLineage(using: &chance)
    chance = generator(.shape)
    shape = EmbryoShape(using: &chance)
    flattening = chance.uniform(in: 0.5...1)
    chance = generator(.motion)
    motion = EmbryoMotion(lineage, in: shape, using: &chance)
    chance = generator(.bystanders)
    bystanders = Bystander.some(using: &chance)
    chance = generator(.microscope)
    var microscope = Microscope(diversity: parameters.diversity, using: &chance)
    microscope.camera.noise = parameters.noise
    self.microscope = microscope
    chance = generator(.position)
    // Embryos lie somewhat off the middle, and low: the field of view cuts some nuclei.
    let size = parameters.voxelSize
    let half =
      SIMD3(
        Double(parameters.extent.width) * size.x, Double(parameters.extent.height) * size.y,
        Double(parameters.extent.depth) * size.z) / 2
    middle =
      half
      + SIMD3(5 * chance.normal(), 5 * chance.normal(), chance.uniform(in: -20 ... -1))
    drift = (
      SIMD3(chance.uniform(in: 0...5), chance.uniform(in: 0...5), chance.uniform(in: 0...3)),
      SIMD3(chance.uniform(in: 0...6), chance.uniform(in: 0...6), chance.uniform(in: 0...6))
    )
  }

  /// What the generators are for; the numbers are part of what a seed means.
  private enum Stream: UInt64 {
    case lineage = 1
    case shape, motion, bystanders, microscope, position, exposure
  }

  /// The hours between which the embryo has `nuclei`: from the moment at which there are first as
  /// many as the lower bound to the last at which there are no more than the upper one. The
  /// greatest upper bound is the end of the development.
  public func hours(of nuclei: ClosedRange<Int>) -> ClosedRange<Double> {
    let end =
      nuclei.upperBound >= Self.nuclei.upperBound
      ? Self.duration : lineage.lastHour(with: nuclei.upperBound)
    let start = lineage.firstHour(with: nuclei.lowerBound) ?? end
    return min(start, end)...end
  }

  /// The volume at a time in hours, with its ground truth.
  ///
  /// In ``SyntheticVolume/instances`` every nucleus has the number of its cell in the family tree.
  public func volume(at hour: Double) -> SyntheticVolume {
    let scene = scene(at: hour)
    let stream = UInt64(clamped: (hour * 3_600_000).rounded())
    return SyntheticVolume(scene, parameters, microscope) { plane in
      SeededGenerator(
        seed: seed, stream: UInt64(number), Stream.exposure.rawValue, stream, UInt64(plane))
    }
  }

  /// Everything in the field of view at a time in hours.
  func scene(at hour: Double) -> SyntheticScene {
    let light = exp(-hour / microscope.bleaching)
    let turn = (drift.phase + SIMD3(repeating: hour * 2 * Double.pi / 40))
    let middle =
      middle + drift.amount * SIMD3(sin(turn.x), sin(turn.y), sin(turn.z))
    let open = shape.openness(at: hour)
    let axes = shape.axes(at: hour)
    var nuclei: [SyntheticScene.Member] = []
    for (index, cell) in lineage.cells.enumerated() where cell.isAlive(at: hour) {
      let point = motion.point(of: index, at: hour)
      let relative = length(point / axes)
      let outward = length(point) > 1e-6 ? point / length(point) : SIMD3(0, 0, 1)
      let flat = flattening * open * NuclearCycle.ramp((relative - 0.55) / 0.25)
      nuclei.append(
        SyntheticScene.Member(
          cell: index,
          nucleus: Nucleus(
            cell, mother: lineage.cells[cell.parent ?? 0].spindle, at: hour,
            in: Nucleus.Surroundings(
              center: middle + point, outward: outward, flattening: flat, light: light),
            optics: microscope.optics)))
    }
    let blobs = bystanders.filter { $0.life.contains(hour) }.map {
      SyntheticScene.Blob(
        center: middle + $0.point(at: hour, in: shape), radius: $0.radius,
        density: $0.density * light)
    }
    let cavity = shape.cavity(at: hour)
    return SyntheticScene(
      nuclei: nuclei, blobs: blobs, middle: middle, axes: axes,
      cavity: (middle + cavity.center, cavity.radius))
  }
}

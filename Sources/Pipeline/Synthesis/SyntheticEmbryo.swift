import Compute
import Foundation
import Microscopy

/// A made-up embryo: a confocal volume of fluorescent nuclei with its ground truth.
///
/// Nuclei are ellipsoids of random size, orientation and brightness inside an ellipsoidal embryo,
/// apart from each other; the image is blurred by an anisotropic Gaussian point-spread function, fades
/// with depth, lies on a background and carries shot and read noise. It is for demonstrations and
/// tests, and no model of development.
public struct SyntheticEmbryo: Sendable {
  /// What is made.
  public struct Parameters: Sendable, Hashable {
    /// The extents of the volume.
    public var extent = Extent(depth: 24, height: 56, width: 60)
    /// The voxel size in µm.
    public var voxelSize = VoxelSize(x: 0.8, y: 0.8, z: 1.75)
    /// The nuclei wished for; fewer where they do not fit.
    public var nuclei = 6
    /// The mean radius of nuclei in µm.
    public var radius = 5.0
    /// The standard deviation of the point-spread function in the plane, in µm.
    public var lateralBlur = 0.4
    /// The standard deviation of the point-spread function along z, in µm.
    public var axialBlur = 1.2
    /// Detected photons per voxel in a nucleus of mean brightness.
    public var photons = 120.0
    /// Gray levels per photon.
    public var gain = 10.0
    /// The gray level without light.
    public var offset = 100.0
    /// The standard deviation of read noise in gray levels.
    public var readNoise = 15.0
    /// The depth in µm over which the signal falls to 1/e.
    public var attenuation = 150.0

    /// A small embryo of a few nuclei.
    public init() {}
  }

  /// The raw image.
  public let image: Volume<UInt16>
  /// The nuclei, 1…n.
  public let instances: LabelVolume
  /// Nuclear regions, 0 or 255.
  public let regions: Volume<UInt8>
  /// Balls of 33 voxels at the nuclei's centers, 0 or 255.
  public let centers: Volume<UInt8>

  /// Makes an embryo.
  public init(_ parameters: Parameters, using generator: inout some RandomNumberGenerator) {
    let nuclei = Self.place(parameters, using: &generator)
    let (labels, light) = Self.render(nuclei, parameters)
    instances = labels
    regions = labels.map { $0 == 0 ? 0 : 255 }
    centers = Self.balls(at: nuclei, parameters)
    image = Self.expose(light, parameters, using: &generator)
  }
}

extension SyntheticEmbryo {
  /// An ellipsoid in µm: x with |axes⁻¹ · rotation · (x − center)| ≤ 1.
  private struct Nucleus {
    var center: SIMD3<Double>
    var axes: SIMD3<Double>
    var rotation: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
    var brightness: Double

    /// 1 on the surface, less inside.
    func radius(at point: SIMD3<Double>) -> Double {
      let d = point - center
      let local = SIMD3(
        (rotation.0 * d).sum(), (rotation.1 * d).sum(), (rotation.2 * d).sum())
      let scaled = local / axes
      return (scaled * scaled).sum().squareRoot()
    }

    var reach: Double { axes.max() }
  }

  /// Dart throwing: a nucleus that would touch another is thrown again, up to 200 times.
  private static func place(
    _ parameters: Parameters, using generator: inout some RandomNumberGenerator
  ) -> [Nucleus] {
    let size = parameters.voxelSize
    let half =
      SIMD3(
        Double(parameters.extent.width) * size.x, Double(parameters.extent.height) * size.y,
        Double(parameters.extent.depth) * size.z) / 2
    var nuclei: [Nucleus] = []
    for _ in 0..<parameters.nuclei {
      for _ in 0..<200 {
        let nucleus = throwNucleus(half, parameters, using: &generator)
        let isFree = nuclei.allSatisfy { other in
          let d = other.center - nucleus.center
          return (d * d).sum().squareRoot() > 0.9 * (other.reach + nucleus.reach)
        }
        if isFree {
          nuclei.append(nucleus)
          break
        }
      }
    }
    return nuclei
  }

  private static func throwNucleus(
    _ half: SIMD3<Double>, _ parameters: Parameters,
    using generator: inout some RandomNumberGenerator
  ) -> Nucleus {
    var place = SIMD3<Double>(repeating: 2)
    while (place * place).sum() > 1 {
      place = SIMD3(
        generator.uniform(in: -1...1), generator.uniform(in: -1...1),
        generator.uniform(in: -1...1))
    }
    let radius = parameters.radius * exp(0.12 * generator.normal())
    let axes = SIMD3(
      radius * generator.uniform(in: 0.8...1.25), radius * generator.uniform(in: 0.8...1.25),
      radius * generator.uniform(in: 0.75...1.1))
    // A random orthonormal frame by Gram–Schmidt.
    func direction() -> SIMD3<Double> {
      SIMD3(generator.normal(), generator.normal(), generator.normal())
    }
    func normalized(_ v: SIMD3<Double>) -> SIMD3<Double> { v / (v * v).sum().squareRoot() }
    let first = normalized(direction())
    let second = direction()
    let u = normalized(second - first * (first * second).sum())
    let v = SIMD3(
      first.y * u.z - first.z * u.y, first.z * u.x - first.x * u.z,
      first.x * u.y - first.y * u.x)
    return Nucleus(
      center: half + place * (half * 0.85), axes: axes, rotation: (first, u, v),
      brightness: exp(0.25 * generator.normal()))
  }

  /// Labels by voxel centers, and light in photons before the microscope.
  private static func render(
    _ nuclei: [Nucleus], _ parameters: Parameters
  ) -> (LabelVolume, Volume<Float>) {
    let (extent, size) = (parameters.extent, parameters.voxelSize)
    var labels = LabelVolume(repeating: 0, extent: extent, voxelSize: size)
    var light = Volume(repeating: Float(0), extent: extent, voxelSize: size)
    for (index, nucleus) in nuclei.enumerated() {
      func range(_ center: Double, _ edge: Double, _ count: Int) -> Range<Int> {
        let low = Int(((center - nucleus.reach) / edge).rounded(.down))
        let high = Int(((center + nucleus.reach) / edge).rounded(.up))
        return min(max(0, low), count)..<min(max(0, high), count)
      }
      for z in range(nucleus.center.z, size.z, extent.depth) {
        for y in range(nucleus.center.y, size.y, extent.height) {
          for x in range(nucleus.center.x, size.x, extent.width) {
            let point = SIMD3(
              (Double(x) + 0.5) * size.x, (Double(y) + 0.5) * size.y, (Double(z) + 0.5) * size.z)
            guard nucleus.radius(at: point) <= 1 else { continue }
            labels[z, y, x] = UInt32(index + 1)
            light[z, y, x] = Float(parameters.photons * nucleus.brightness)
          }
        }
      }
    }
    return (labels, light)
  }

  /// The 33 voxels within 2 voxels of each center, as BBBC050 marks them.
  private static func balls(at nuclei: [Nucleus], _ parameters: Parameters) -> Volume<UInt8> {
    let (extent, size) = (parameters.extent, parameters.voxelSize)
    var balls = Volume(repeating: UInt8(0), extent: extent, voxelSize: size)
    for nucleus in nuclei {
      let z = Int(nucleus.center.z / size.z)
      let y = Int(nucleus.center.y / size.y)
      let x = Int(nucleus.center.x / size.x)
      for dz in -2...2 {
        for dy in -2...2 {
          for dx in -2...2 where dz * dz + dy * dy + dx * dx <= 4 {
            guard (0..<extent.depth).contains(z + dz), (0..<extent.height).contains(y + dy),
              (0..<extent.width).contains(x + dx)
            else { continue }
            balls[z + dz, y + dy, x + dx] = 255
          }
        }
      }
    }
    return balls
  }

  /// The microscope: point-spread function, attenuation, photon and read noise.
  private static func expose(
    _ light: Volume<Float>, _ parameters: Parameters,
    using generator: inout some RandomNumberGenerator
  ) -> Volume<UInt16> {
    let size = parameters.voxelSize
    var blurred = light
    blurred.blur(sigma: parameters.axialBlur / size.z, along: .z)
    blurred.blur(sigma: parameters.lateralBlur / size.y, along: .y)
    blurred.blur(sigma: parameters.lateralBlur / size.x, along: .x)
    let plane = light.extent.height * light.extent.width
    var image = Volume(repeating: UInt16(0), extent: light.extent, voxelSize: size)
    for i in image.voxels.indices {
      let depth = Double(i / plane) * size.z
      let mean = Double(blurred.voxels[i]) * exp(-depth / parameters.attenuation)
      let signal = parameters.gain * Double(generator.poisson(mean: mean))
      let noise = parameters.readNoise * generator.normal()
      image.voxels[i] = UInt16(min(max(parameters.offset + signal + noise, 0), 65535))
    }
    return image
  }
}

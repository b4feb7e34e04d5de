import Compute
import Foundation

/// The uneven light inside a nucleus: smooth noise of two lengths, and nucleoli that stay dark.
struct ChromatinTexture {
  private let seed: UInt64
  private let nucleoli: [(offset: SIMD3<Double>, radius: Double)]

  /// A texture for a nucleus of `radius` µm; the nucleoli, one to three, lie inside.
  init(radius: Double, seed: UInt64, using generator: inout some RandomNumberGenerator) {
    self.seed = seed
    let count = 1 + Int(clamped: 3 * generator.uniform())
    nucleoli = (0..<count).map { _ in
      (
        generator.direction() * radius * 0.6 * generator.uniform(),
        radius * generator.uniform(in: 0.18...0.34)
      )
    }
  }

  /// The light at an offset from the center in µm, around 1.
  func value(at offset: SIMD3<Double>, condensation: Double) -> Double {
    var value = 1 + 0.65 * noise(at: offset / 4.5, 1) + 0.4 * noise(at: offset / 2.2, 2)
    for nucleolus in nucleoli {
      let distance = length(offset - nucleolus.offset)
      // A soft edge of a third of the radius; mitotic nuclei have none.
      let inside = NuclearCycle.ramp((1.15 - distance / nucleolus.radius) * 3)
      value *= 1 - 0.65 * inside * (1 - condensation)
    }
    return max(0.1, value)
  }

  /// Values of −1…1 at lattice points, blended smoothly between them.
  private func noise(at point: SIMD3<Double>, _ octave: UInt64) -> Double {
    let low = point.rounded(.down)
    let t = point - low
    let s = t * t * (SIMD3(repeating: 3) - 2 * t)
    let (x, y, z) = (Int(clamped: low.x), Int(clamped: low.y), Int(clamped: low.z))
    func row(_ y: Int, _ z: Int) -> Double {
      let a = corner(x, y, z, octave)
      return a + (corner(x + 1, y, z, octave) - a) * s.x
    }
    func plane(_ z: Int) -> Double {
      let a = row(y, z)
      return a + (row(y + 1, z) - a) * s.y
    }
    let a = plane(z)
    return a + (plane(z + 1) - a) * s.z
  }

  private func corner(_ x: Int, _ y: Int, _ z: Int, _ octave: UInt64) -> Double {
    var h = seed ^ (octave &* 0x9e37_79b9_7f4a_7c15)
    h ^= UInt64(bitPattern: Int64(x)) &* 0xbf58_476d_1ce4_e5b9
    h ^= UInt64(bitPattern: Int64(y)) &* 0x94d0_49bb_1331_11eb
    h ^= UInt64(bitPattern: Int64(z)) &* 0xd134_2543_de82_ef95
    h = (h ^ (h >> 31)) &* 0x7fb5_d329_728e_a185
    h = (h ^ (h >> 27)) &* 0x81da_def4_bc2d_d44d
    h ^= h >> 33
    return Double(h >> 11) * 0x1p-52 - 1
  }
}

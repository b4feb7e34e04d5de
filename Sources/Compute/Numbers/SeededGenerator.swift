/// xoshiro256**: 256 bits of state, seeded through SplitMix64 (Blackman and Vigna, "Scrambled
/// linear pseudorandom number generators", ACM TOMS 2021).
///
/// The same seed and stream give the same numbers on every machine. A value type: copy it to
/// replay, encode it to resume.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Codable, Hashable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// A generator of its own for each `stream`, so that sample 17 of epoch 3 draws the same numbers
  /// whichever thread prepares it and whatever was drawn before.
  public init(seed: UInt64, stream: UInt64...) {
    var mixed = seed
    for value in stream {
      mixed = Self.splitMix(&mixed) ^ (value &* 0xd134_2543_de82_ef95)
    }
    s0 = Self.splitMix(&mixed)
    s1 = Self.splitMix(&mixed)
    s2 = Self.splitMix(&mixed)
    s3 = Self.splitMix(&mixed)
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    func rotl(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
    let result = rotl(s1 &* 5, 7) &* 9
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = rotl(s3, 45)
    return result
  }
}

extension RandomNumberGenerator {
  /// A number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number in [`range.lowerBound`, `range.upperBound`).
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// True with the given probability.
  public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }
}

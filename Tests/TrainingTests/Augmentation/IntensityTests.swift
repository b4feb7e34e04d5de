import Compute
import Foundation
import Microscopy
import Networks
import TestSupport
import Testing
import Training

@Suite struct IntensityTests {
  typealias A = AugmentationConfiguration

  /// A kind with probability 1 and one possible strength.
  static func fixed<D: SpreadDefaults>(_ value: Double, _ kind: A.Spread<D>.Type) -> A.Spread<D> {
    var spread = A.Spread<D>()
    spread.probability = 1
    spread.range = value...value
    return spread
  }

  static let image = AugmentationTests.sample(Extent(depth: 6, height: 20, width: 20)).image

  @Test func gammaContrastBrightness() {
    var generator = SeededGenerator(seed: 1)
    let start = Self.image.map { $0 * 3 - 1 }
    let values = start.voxels.map(Double.init)
    let low = values.min() ?? 0
    let span = (values.max() ?? 0) - low
    let mean = values.reduce(0, +) / Double(values.count)
    var gamma = start
    Self.fixed(1.7, A.Gamma.self).apply(to: &gamma, using: &generator)
    var contrast = start
    Self.fixed(0.6, A.Contrast.self).apply(to: &contrast, using: &generator)
    var brightness = start
    Self.fixed(0.25, A.Brightness.self).apply(to: &brightness, using: &generator)
    // A handful of roundings of values up to 3.
    let tolerance = 3 * 6 * Double(Float.ulpOfOne)
    for (i, value) in values.enumerated() {
      #expect(
        abs(Double(gamma.voxels[i]) - (low + span * pow((value - low) / span, 1.7))) < tolerance)
      #expect(abs(Double(contrast.voxels[i]) - (mean + 0.6 * (value - mean))) < tolerance)
      #expect(abs(Double(brightness.voxels[i]) - (value + 0.25)) < tolerance)
    }
    // A constant volume has no gamma.
    var constant = Volume(repeating: Float(2), extent: Self.image.extent)
    Self.fixed(2, A.Gamma.self).apply(to: &constant, using: &generator)
    #expect(constant.voxels.allSatisfy { $0 == 2 })
  }

  @Test func blurEqualsSciPy() throws {
    let file = try AugmentationTests.fixture("blur")
    for sigma in [50, 80, 130] {
      var image = try AugmentationTests.volume(file, "image")
      image.blur(sigma: Double(sigma) / 100)
      let expected = try file.tensor("sigma_\(sigma)").scalars
      // Three passes of up to 11 positive terms that add up to at most 1.
      #expect(
        largestDifference(image.voxels, expected)
          < 3 * Tolerance.sum(terms: 11, magnitude: 1) + Double(Float.ulpOfOne))
    }
  }

  /// I + a (I − G ∗ I), G as tested above.
  @Test func sharpenAddsWhatABlurTakes() {
    var generator = SeededGenerator(seed: 8)
    var (sharp, smooth) = (Self.image, Self.image)
    Self.fixed(0.75, A.Sharpen.self).apply(to: &sharp, using: &generator)
    smooth.blur(sigma: 1)
    for (i, value) in Self.image.voxels.enumerated() {
      let expected = Double(value) + 0.75 * (Double(value) - Double(smooth.voxels[i]))
      #expect(abs(Double(sharp.voxels[i]) - expected) < 8 * Double(Float.ulpOfOne))
    }
  }

  @Test func saturationCutsAndScales() {
    var generator = SeededGenerator(seed: 10)
    var image = Volume<Float>(
      [-0.25, 0, 0.25, 0.5, 2], extent: Extent(depth: 1, height: 1, width: 5))
    Self.fixed(0.5, A.Saturation.self).apply(to: &image, using: &generator)
    #expect(image.voxels == [-0.5, 0, 0.5, 1, 1])
  }

  /// Within its bounds, smooth, and not the same everywhere.
  @Test func hazeIsASmoothField() {
    var generator = SeededGenerator(seed: 9)
    let extent = Extent(depth: 20, height: 40, width: 90)
    var haze = Volume(repeating: Float(1), extent: extent)
    Self.fixed(0.4, A.Haze.self).apply(to: &haze, using: &generator)
    let (low, high) = (haze.voxels.min() ?? 0, haze.voxels.max() ?? 0)
    #expect(low >= 1 && high <= 1.4 && high - low > 0.05)
    // A cubic B-spline with controls in 0…a rises by at most a voxel's share, a / spacing.
    for z in 0..<extent.depth - 1 {
      for y in 0..<extent.height - 1 {
        for x in 0..<extent.width - 1 {
          let here = haze[z, y, x]
          for next in [haze[z + 1, y, x], haze[z, y + 1, x], haze[z, y, x + 1]] {
            #expect(abs(next - here) <= 0.4 / 32 + 1e-6)
          }
        }
      }
    }
  }

  @Test func thinPlanesEqualTheFormula() throws {
    let file = try AugmentationTests.fixture("low_z")
    for factor in [150, 200, 300, 275] {
      var image = try AugmentationTests.volume(file, "image")
      image.thinPlanes(factor: Double(factor) / 100)
      let expected = try file.tensor("factor_\(factor)").scalars
      #expect(largestDifference(image.voxels, expected) < AugmentationTests.warpTolerance)
    }
    var same = Self.image
    same.thinPlanes(factor: 1)
    #expect(same.voxels == Self.image.voxels)
  }

  @Test func gaussianNoiseMoments() {
    var generator = SeededGenerator(seed: 2)
    var image = Volume(repeating: Float(0.5), extent: Extent(depth: 20, height: 50, width: 50))
    Self.fixed(0.04, A.GaussianNoise.self).apply(to: &image, using: &generator)
    let n = Double(image.voxels.count)
    let noise = image.voxels.map { (Double($0) - 0.5) / 0.04 }
    func moment(_ k: Int) -> Double { noise.reduce(0) { $0 + pow($1, Double(k)) } / n }
    // Standard errors of the moments of n normal deviates: 1/√n, √(2/n), √(15/n), √(96/n).
    #expect(abs(moment(1)) < 5 / n.squareRoot())
    #expect(abs(moment(2) - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(moment(3)) < 5 * (15 / n).squareRoot())
    #expect(abs(moment(4) - 3) < 5 * (96 / n).squareRoot())
    // Neighbors are independent.
    let products = zip(noise, noise.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / n
    #expect(abs(products) < 5 / n.squareRoot())
  }

  /// Both branches of the generator, and their border at 10.
  @Test(arguments: [0.3, 2, 9.9, 10.1, 40, 3000]) func poissonMoments(mean: Double) {
    var generator = SeededGenerator(seed: 3)
    let n = 40_000.0
    var sum = 0.0
    var squares = 0.0
    var cubes = 0.0
    for _ in 0..<Int(n) {
      let deviation = Double(generator.poisson(mean: mean)) - mean
      sum += deviation
      squares += deviation * deviation
      cubes += deviation * deviation * deviation
    }
    // Central moments of Poisson: variance λ, third λ, fourth λ + 3λ², sixth λ + 25λ² + 15λ³.
    #expect(abs(sum / n) < 5 * (mean / n).squareRoot())
    #expect(abs(squares / n - mean) < 5 * ((mean + 2 * mean * mean) / n).squareRoot())
    let sixth = mean + 25 * mean * mean + 15 * mean * mean * mean
    #expect(abs(cubes / n - mean) < 5 * (sixth / n).squareRoot())
  }

  /// The whole distribution: frequencies against λᵏe^−λ/k!.
  @Test(arguments: [3.0, 15.0]) func poissonFrequencies(mean: Double) {
    var generator = SeededGenerator(seed: 4)
    let n = 40_000
    var counts = [Int](repeating: 0, count: 60)
    for _ in 0..<n { counts[min(59, generator.poisson(mean: mean))] += 1 }
    var probability = exp(-mean)
    for k in 0..<40 {
      let expected = probability * Double(n)
      #expect(abs(Double(counts[k]) - expected) < 5 * expected.squareRoot() + 3, "k = \(k)")
      probability *= mean / Double(k + 1)
    }
  }

  @Test func poissonNoiseOfAnImage() {
    var generator = SeededGenerator(seed: 5)
    var image = Volume(repeating: Float(0.5), extent: Extent(depth: 10, height: 50, width: 50))
    for i in 0..<1000 { image.voxels[i] = -0.25 }
    Self.fixed(200, A.PoissonNoise.self).apply(to: &image, using: &generator)
    #expect(image.voxels[..<1000].allSatisfy { $0 == -0.25 })
    let values = image.voxels[1000...].map(Double.init)
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    // 100 photons: mean 0.5, variance 100/200².
    #expect(abs(mean - 0.5) < 5 * (0.0025 / n).squareRoot())
    #expect(abs(variance / 0.0025 - 1) < 5 * (2.01 / n).squareRoot())
    #expect(values.allSatisfy { abs($0 * 200 - ($0 * 200).rounded()) < 1e-4 })
  }

  /// Every kind does nothing at probability 0 and something at 1, and about a third at 0.3.
  @Test func probabilities() throws {
    func check(_ name: String, _ change: (Double, inout Sample, inout SeededGenerator) -> Void) {
      var generator = SeededGenerator(seed: 7)
      let start = AugmentationTests.sample()
      func count(_ probability: Double, _ runs: Int) -> Int {
        (0..<runs).filter { _ in
          var sample = start
          change(probability, &sample, &generator)
          return sample.image.voxels != start.image.voxels
        }.count
      }
      #expect(count(0, 20) == 0, "\(name) acts at probability 0")
      #expect(count(1, 20) == 20, "\(name) does not always act at probability 1")
      // Binomial: 300 · 0.3 = 90, standard deviation 7.9; five of them.
      #expect(abs(count(0.3, 300) - 90) < 40, "\(name) does not act by its probability")
    }
    func spread<D: SpreadDefaults>(
      _ name: String, _ range: ClosedRange<Double>,
      _ apply: @escaping (A.Spread<D>, inout Volume<Float>, inout SeededGenerator) -> Void
    ) {
      check(name) { probability, sample, generator in
        var spread = A.Spread<D>()
        spread.probability = probability
        spread.range = range
        apply(spread, &sample.image, &generator)
      }
    }
    spread("gamma", 1.5...2) { (a: A.Gamma, v, g) in a.apply(to: &v, using: &g) }
    spread("brightness", 0.1...0.2) { (a: A.Brightness, v, g) in a.apply(to: &v, using: &g) }
    spread("contrast", 1.5...2) { (a: A.Contrast, v, g) in a.apply(to: &v, using: &g) }
    spread("noise", 0.1...0.2) { (a: A.GaussianNoise, v, g) in a.apply(to: &v, using: &g) }
    spread("poisson", 10...20) { (a: A.PoissonNoise, v, g) in a.apply(to: &v, using: &g) }
    spread("blur", 1...2) { (a: A.Blur, v, g) in a.apply(to: &v, using: &g) }
    spread("sharpen", 0.5...1) { (a: A.Sharpen, v, g) in a.apply(to: &v, using: &g) }
    spread("saturation", 0.3...0.5) { (a: A.Saturation, v, g) in a.apply(to: &v, using: &g) }
    spread("haze", 0.1...0.2) { (a: A.Haze, v, g) in a.apply(to: &v, using: &g) }
    spread("low z", 2...3) { (a: A.LowZResolution, v, g) in a.apply(to: &v, using: &g) }
    check("flips") { probability, sample, generator in
      var flips = A.RandomFlips()
      flips.probability = probability
      flips.axes = [.z]
      flips.apply(to: &sample, using: &generator)
    }
    check("rotate90") { probability, sample, generator in
      var turn = A.Rotate90()
      turn.probability = probability
      turn.apply(to: &sample, using: &generator)
    }
    func geometry(
      _ name: String,
      _ draw: @escaping (Double, inout SpatialTransform, Extent, inout SeededGenerator) -> Void
    ) {
      check(name) { probability, sample, generator in
        var transform = SpatialTransform()
        draw(probability, &transform, sample.image.extent, &generator)
        let volume = PreparedVolume(
          name: "p", image: sample.image, target: sample.target.map { Int8($0) })
        sample = volume.sample(
          in: Window(origin: .zero, extent: volume.extent), through: transform)
      }
    }
    geometry("rotate") { probability, transform, _, generator in
      var rotate = A.Rotate()
      rotate.probability = probability
      rotate.apply(to: &transform, using: &generator)
    }
    geometry("scale") { probability, transform, _, generator in
      var scale = A.Scale()
      scale.probability = probability
      scale.apply(to: &transform, using: &generator)
    }
    geometry("elastic") { probability, transform, extent, generator in
      var elastic = A.Elastic()
      elastic.probability = probability
      elastic.apply(to: &transform, extent: extent, voxelSize: nil, using: &generator)
    }
  }
}

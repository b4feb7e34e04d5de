import CKernels
import Compute
import Foundation
import TestSupport
import Testing

/// Every compiled copy of the SIMD loops against plain Swift in Double, at counts around the vector
/// widths, and never a byte beyond the end.
@Suite struct KernelTests {
  /// A copy that this processor runs.
  struct Variant: CustomTestStringConvertible, Sendable {
    let raw: UInt32
    var kernels: ck_kernels { ck_kernels_of(ck_variant(raw))!.pointee }
    var testDescription: String { String(cString: kernels.name) }

    static let all = [CK_BASELINE, CK_AVX2, CK_AVX512]
    /// Copies that the processor lacks are left out; ``avx2RunsWhereTheProcessorHasIt()`` and
    /// ``avx512RunsWhereTheProcessorHasIt()`` are then reported as skipped.
    static let available = all.filter { ck_kernels_of($0) != nil }.map { Variant(raw: $0.rawValue) }
  }

  static let counts = [0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 1000]
  static let sentinel: Float = 12345

  /// `count` normal floats, then `margin` sentinels.
  static func numbers(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
    (0..<count).map { _ in Float(generator.normal()) }
  }

  /// Runs `body` on an output of sentinels and returns its first `count`; those after must survive.
  static func output(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    var y = [Float](repeating: sentinel, count: count + 64)
    y.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    #expect(y[count...].allSatisfy { $0 == sentinel }, "wrote beyond the end")
    return Array(y[..<count])
  }

  /// The gradient where scale · x + shift is positive, else 0; all of it without ReLU.
  static func kept(
    _ gradient: [Float], _ x: [Float], relu: Bool, scale: Float, shift: Float
  ) -> [Double] {
    zip(gradient, x).map { (g, x) in
      !relu || Double(scale) * Double(x) + Double(shift) > 0 ? Double(g) : 0
    }
  }

  @Test func baselineIsAlwaysThere() {
    #expect(Variant.available.contains { $0.raw == CK_BASELINE.rawValue })
    #expect(
      Variant.available.contains {
        $0.testDescription == String(cString: ck_best_kernels().pointee.name)
      })
  }

  /// The features that the system says the processor has.
  static let features: Set<Substring> = {
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("flags") }
    return Set(line?.split(whereSeparator: \.isWhitespace) ?? [])
  }()

  @Test(
    .enabled(
      if: features.isSuperset(of: ["avx2", "fma", "bmi2", "f16c"]),
      "this processor has no AVX2: the AVX2 and AVX-512 cases of all kernel tests are left out"))
  func avx2RunsWhereTheProcessorHasIt() {
    #expect(Variant.available.contains { $0.raw == CK_AVX2.rawValue })
  }

  @Test(
    .enabled(
      if: features.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]),
      "this processor has no AVX-512: the AVX-512 cases of all kernel tests are left out"))
  func avx512RunsWhereTheProcessorHasIt() {
    #expect(Variant.available.contains { $0.raw == CK_AVX512.rawValue })
  }

  @Test(arguments: Variant.available) func sums(variant: Variant) {
    let kernels = variant.kernels
    var generator = SeededGenerator(seed: 73)
    for count in Self.counts {
      let (x, g) = (Self.numbers(count, &generator), Self.numbers(count, &generator))
      let xs = x.map(Double.init)
      // Double sums in another order: n roundings of 2⁻⁵³ of the sum of magnitudes, at most.
      func bound(_ terms: [Double]) -> Double {
        Double(count + 1) * 0x1p-53 * terms.reduce(0) { $0 + abs($1) }
      }
      #expect(abs(kernels.sum(x, count) - xs.reduce(0, +)) <= bound(xs))

      var (sum, other) = (Double.nan, Double.nan)
      kernels.moments(x, count, &sum, &other)
      let squares = xs.map { $0 * $0 }
      #expect(abs(sum - xs.reduce(0, +)) <= bound(xs))
      #expect(abs(other - squares.reduce(0, +)) <= bound(squares))

      for relu in [false, true] {
        let (scale, shift): (Float, Float) = (-1.3, 0.4)
        kernels.gradient_moments(g, x, count, relu, scale, shift, &sum, &other)
        let kept = Self.kept(g, x, relu: relu, scale: scale, shift: shift)
        let products = zip(kept, xs).map { $0 * $1 }
        #expect(abs(sum - kept.reduce(0, +)) <= bound(kept))
        #expect(abs(other - products.reduce(0, +)) <= bound(products))
      }
    }
  }

  /// With or without a fused multiply–add: at most one rounding per operation of the magnitudes.
  @Test(arguments: Variant.available) func elementwise(variant: Variant) {
    let kernels = variant.kernels
    var generator = SeededGenerator(seed: 79)
    for count in Self.counts {
      let (x, g) = (Self.numbers(count, &generator), Self.numbers(count, &generator))
      var a = Self.numbers(count, &generator)
      for index in a.indices where index.isMultiple(of: 3) { a[index] = 0 }
      let (scale, shift, extra): (Float, Float, Float) = (1.7, -0.3, 0.9)

      #expect(Self.output(count) { kernels.fill($0, count, 2.5) }.allSatisfy { $0 == 2.5 })
      #expect(Self.output(count) { kernels.add(x, g, $0, count) } == zip(x, g).map { $0 + $1 })
      #expect(Self.output(count) { kernels.relu(x, $0, count) } == x.map { max(0, $0) })
      #expect(
        Self.output(count) { kernels.relu_gradient(g, a, $0, count) }
          == zip(g, a).map { $1 > 0 ? $0 : 0 })

      for relu in [false, true] {
        let y = Self.output(count) { kernels.scale_shift(x, $0, count, scale, shift, relu) }
        let exact = x.map {
          let line = Double(scale) * Double($0) + Double(shift)
          return relu ? max(0, line) : line
        }
        let size = x.map { abs(Double(scale) * Double($0)) + Double(abs(shift)) }.max() ?? 0
        #expect(largestDifference(y.map(Double.init), exact) <= 2 * Tolerance.ulp * size)
      }
      for relu in [false, true] {
        let (line, offset): (Float, Float) = (-1.3, 0.4)
        var step = ck_normalization_gradient(
          relu: relu, scale: line, shift: offset, on_gradient: scale, on_x: shift,
          constant: extra)
        let y = Self.output(count) { kernels.normalization_gradient(&step, g, x, count, $0) }
        let kept = Self.kept(g, x, relu: relu, scale: line, shift: offset)
        let exact = x.indices.map { (index) -> Double in
          Double(scale) * kept[index] + Double(shift) * Double(x[index]) + Double(extra)
        }
        let largest = Double((x + g).map(abs).max() ?? 0)
        let size = (1.7 + 0.3) * largest + 0.9
        #expect(largestDifference(y.map(Double.init), exact) <= 4 * Tolerance.ulp * size)
      }
    }
  }

  @Test(arguments: Variant.available) func notANumberPasses(variant: Variant) {
    let kernels = variant.kernels
    let x = [Float](repeating: .nan, count: 37)
    let relu = Self.output(37) { kernels.relu(x, $0, 37) }
    #expect(relu.filter { $0.isNaN }.count == 37)
    let line = Self.output(37) { kernels.scale_shift(x, $0, 37, 1, 0, true) }
    #expect(line.filter { $0.isNaN }.count == 37)
  }

  @Test(arguments: Variant.available) func transpose(variant: Variant) {
    var generator = SeededGenerator(seed: 83)
    for (rows, columns) in [(1, 1), (3, 5), (16, 16), (17, 33), (40, 7), (1, 50), (50, 1)] {
      let (from, to) = (columns + 3, rows + 2)
      let x = Self.numbers(rows * from, &generator)
      let y = Self.output((columns - 1) * to + rows) {
        variant.kernels.transpose(x, rows, columns, from, $0, to)
      }
      for c in 0..<columns {
        for r in 0..<to where r < rows || c < columns - 1 {
          #expect(y[c * to + r] == (r < rows ? x[r * from + c] : Self.sentinel))
        }
      }
    }
  }

  /// im2col by its definition and col2im as its transpose, exactly: no arithmetic in the one, sums
  /// of small integers in the other.
  @Test(arguments: Variant.available) func lowering(variant: Variant) throws {
    for seed in 0..<40 {
      var generator = SeededGenerator(seed: 89, stream: UInt64(seed))
      func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
      func axes(_ range: ClosedRange<Int>) -> [Int] { (0..<3).map { _ in draw(range) } }
      let (input, kernel, stride) = (axes(1...9), axes(1...4), axes(1...3))
      let (padding, dilation) = (axes(0...3), axes(1...3))
      let output = (0..<3).map { axis in
        let room = input[axis] + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1
        return room < 0 ? 0 : room / stride[axis] + 1
      }
      let voxels = output.reduce(1, *)
      guard voxels > 0 else { continue }
      func tuple(_ a: [Int]) -> (Int, Int, Int) { (a[0], a[1], a[2]) }
      var geometry = ck_convolution(
        input: tuple(input), output: tuple(output), kernel: tuple(kernel), stride: tuple(stride),
        padding: tuple(padding), dilation: tuple(dilation))

      let channels = draw(1...3)
      let first = draw(0...voxels - 1)
      let count = draw(1...voxels - first)
      let rowStride = count + draw(0...5)
      let taps = kernel.reduce(1, *)
      let volume = input.reduce(1, *)
      let x = (0..<channels * volume).map { _ in Float(draw(-9...9)) }

      // The offset in x that row (c, tap) reads for output voxel v; nil in the padding.
      func source(_ row: Int, _ v: Int) -> Int? {
        let tap = row % taps
        let t = [tap / (kernel[1] * kernel[2]), tap / kernel[2] % kernel[1], tap % kernel[2]]
        let o = [v / (output[1] * output[2]), v / output[2] % output[1], v % output[2]]
        let at = (0..<3).map { o[$0] * stride[$0] + t[$0] * dilation[$0] - padding[$0] }
        guard (0..<3).allSatisfy({ at[$0] >= 0 && at[$0] < input[$0] }) else { return nil }
        return row / taps * volume + (at[0] * input[1] + at[1]) * input[2] + at[2]
      }
      let rows = channels * taps
      let columns = Self.output((rows - 1) * rowStride + count) {
        variant.kernels.im2col(&geometry, x, channels, first, count, $0, rowStride)
      }
      var expected = [Float](repeating: 0, count: x.count)
      for row in 0..<rows {
        for v in 0..<count {
          let from = source(row, first + v)
          #expect(columns[row * rowStride + v] == from.map { x[$0] } ?? 0)
          if let from { expected[from] += columns[row * rowStride + v] }
        }
      }
      let back = Self.output(x.count) {
        $0.update(repeating: 0, count: x.count)
        variant.kernels.col2im_add(&geometry, columns, rowStride, channels, first, count, $0)
      }
      #expect(back == expected)
    }
  }

  @Test(arguments: Variant.available) func maxPooling(variant: Variant) {
    var generator = SeededGenerator(seed: 97)
    for (depth, height, width) in [(2, 2, 2), (4, 6, 8), (5, 3, 37), (2, 2, 67), (3, 9, 33)] {
      let x = (0..<depth * height * width).map { _ in
        Float(Int.random(in: -2...2, using: &generator))
      }
      let pooled = (depth / 2) * (height / 2) * (width / 2)
      let g = Self.numbers(pooled, &generator)
      var index = [UInt8](repeating: 255, count: pooled)
      let y = Self.output(pooled) {
        variant.kernels.max_pool(x, depth, height, width, $0, &index)
      }
      let without = Self.output(pooled) {
        variant.kernels.max_pool(x, depth, height, width, $0, nil)
      }
      #expect(without == y)
      let dx = Self.output(x.count) {
        variant.kernels.max_pool_gradient(g, index, depth, height, width, $0)
      }
      var expected = [Float](repeating: 0, count: x.count)
      for i in 0..<pooled {
        let (z, row) = (i / ((height / 2) * (width / 2)), i / (width / 2) % (height / 2))
        let column = i % (width / 2)
        let window = (0..<8).map { k in
          ((2 * z + k / 4) * height + 2 * row + k / 2 % 2) * width + 2 * column + k % 2
        }
        let largest = window.map { x[$0] }.max()!
        let winner = window.firstIndex { x[$0] == largest }!
        #expect(y[i] == largest)
        #expect(Int(index[i]) == winner)
        expected[window[winner]] = g[i]
      }
      #expect(dx == expected)
      let sum = Self.output(x.count) {
        $0.update(from: x, count: x.count)
        variant.kernels.max_pool_gradient_add(g, index, depth, height, width, $0)
      }
      #expect(sum == zip(x, expected).map { $0 + $1 })
    }
  }

  /// The chains by their definition: every value is half way nearer to 1 after each round, exactly
  /// while the 24 bits suffice.
  @Test(arguments: Variant.available) func chainsOfMultiplyAdds(variant: Variant) {
    var start = Double.nan
    #expect(variant.kernels.fma_peak(0, &start) == 0)
    for rounds in [1, 2, 3, 7, 40] {
      var sum = Double.nan
      let operations = variant.kernels.fma_peak(rounds, &sum)
      let values = operations / Double(2 * rounds)
      #expect(values >= 32 && values == values.rounded())
      // Σ i/n over n values is (n − 1)/2.
      #expect(abs(start - (values - 1) / 2) <= values * Tolerance.ulp)
      let expected = values - (values - start) * exp2(-Double(rounds))
      #expect(abs(sum - expected) <= 2 * values * Tolerance.ulp)
    }
  }
}

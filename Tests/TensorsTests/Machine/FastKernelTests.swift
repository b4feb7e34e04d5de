import CKernels
import Compute
import TestSupport
import Testing

/// The loops of fast convolutions, every compiled copy, against plain Swift in Double.
@Suite struct FastKernelTests {
  typealias Variant = KernelTests.Variant

  /// Products of every height and of counts around the vector widths, in one go and in parts.
  @Test(arguments: Variant.available) func product(variant: Variant) {
    let kernels = variant.kernels
    var generator = SeededGenerator(seed: 89)
    for outputs in [1, 2, 5, 6, 7, 11, 12, 13, 24, 31] {
      for (depth, count) in [(1, 1), (7, 16), (30, 17), (300, 33), (601, 70)] {
        let panel = min(outputs, kernels.product_rows)
        let weights = KernelTests.numbers(outputs * depth, &generator)  // [output][k]
        var panels: [Float] = []
        for first in stride(from: 0, to: outputs, by: panel) {
          for k in 0..<depth {
            for r in first..<min(outputs, first + panel) { panels.append(weights[r * depth + k]) }
          }
        }
        // Rows overlap.
        let v = KernelTests.numbers(depth * 3 + count + 64, &generator)
        let rows = (0..<depth).map { Int32($0 * 3) }
        let pitch = count + 40
        let cut = depth / 2
        var c = [Float](repeating: .nan, count: outputs * pitch)
        panels.withUnsafeBufferPointer { panels in
          rows.withUnsafeBufferPointer { rows in
            v.withUnsafeBufferPointer { v in
              var w = ck_panels(
                values: panels.baseAddress, outputs: outputs, height: panel, depth: depth)
              var columns = ck_rows(
                values: v.baseAddress, offsets: rows.baseAddress, rows: cut, count: count)
              kernels.product(&w, 0, &columns, false, &c, pitch)
              columns.offsets = rows.baseAddress.map { $0 + cut }
              columns.rows = depth - cut
              kernels.product(&w, cut, &columns, cut > 0, &c, pitch)
            }
          }
        }
        for r in 0..<outputs {
          for n in 0..<count {
            let terms = (0..<depth).map {
              Double(weights[r * depth + $0]) * Double(v[Int(rows[$0]) + n])
            }
            let tolerance = Tolerance.sum(
              terms: depth, magnitude: terms.reduce(0) { $0 + abs($1) })
            #expect(abs(Double(c[r * pitch + n]) - terms.reduce(0, +)) <= tolerance)
          }
        }
      }
    }
  }

  /// Rows of all heights and widths of one or several vectors; g's rows overlap where its step is
  /// less than the width, as the taps of a convolution do.
  @Test(arguments: Variant.available) func correlation(variant: Variant) {
    let kernels = variant.kernels
    var generator = SeededGenerator(seed: 97)
    for (rows, step, width, count) in [
      (1, 16, 16, 1), (2, 24, 120, 9), (5, 12, 60, 40), (13, 3, 15, 100), (7, 20, 20, 33),
      (6, 10, 70, 5), (12, 5, 5, 17),
    ] {
      let stride = (width + 15) / 16 * 16 + 16
      let v = KernelTests.numbers(rows * 7 + count, &generator)
      let starts = (0..<rows).map { Int32($0 * 7) }
      let g = KernelTests.numbers(count * step + width + 16, &generator)
      let before = KernelTests.numbers(rows * stride, &generator)
      for add in [false, true] {
        var c = before
        v.withUnsafeBufferPointer { v in
          starts.withUnsafeBufferPointer { starts in
            var columns = ck_rows(
              values: v.baseAddress, offsets: starts.baseAddress, rows: rows, count: count)
            kernels.correlation(&columns, g, step, width, add, &c, stride)
          }
        }
        for row in 0..<rows {
          for l in 0..<width {
            let terms =
              (0..<count).map { Double(v[Int(starts[row]) + $0]) * Double(g[$0 * step + l]) }
              + (add ? [Double(before[row * stride + l])] : [])
            let tolerance = Tolerance.sum(
              terms: terms.count, magnitude: terms.reduce(0) { $0 + abs($1) })
            #expect(abs(Double(c[row * stride + l]) - terms.reduce(0, +)) <= tolerance)
          }
        }
      }
    }
  }

  @Test(arguments: Variant.available) func interleaving(variant: Variant) {
    let kernels = variant.kernels
    var generator = SeededGenerator(seed: 101)
    for count in KernelTests.counts {
      let (a, b) = (
        KernelTests.numbers(count, &generator), KernelTests.numbers(count, &generator)
      )
      let woven = KernelTests.output(2 * count) {
        kernels.interleave(a, b, count, 0.5, count % 2 == 0, $0)
      }
      var pairs: [Float] = []
      for (x, y) in zip(a, b) { pairs += [x + 0.5, y + 0.5] }
      #expect(woven == pairs)
      var odd = [Float](repeating: 0, count: count + 1)
      let even = KernelTests.output(count) { kernels.deinterleave(woven, count, $0, &odd) }
      let expected: ([Float], [Float]) = (a.map { $0 + 0.5 }, b.map { $0 + 0.5 })
      #expect(even == expected.0)
      #expect(Array(odd.prefix(count)) == expected.1)
    }
  }

  /// An axis without a transform is copied, edges and missing rows are zero, outputs past the end
  /// stay.
  @Test(arguments: Variant.available) func tilesWithoutTransforms(variant: Variant) {
    let kernels = variant.kernels
    var generator = SeededGenerator(seed: 103)
    var none = ck_transform()
    (none.points, none.outputs, none.pairs) = (1, 1, 0)
    for width in [1, 3, 15, 16, 17, 40] {
      let row = KernelTests.numbers(width, &generator)
      var points = [Float](repeating: .nan, count: width + 4 + 64)
      row.withUnsafeBufferPointer { row in
        withUnsafePointer(to: row.baseAddress) {
          kernels.input_tile(&none, &none, $0, 0, width, -2, width + 4, &points, 0)
        }
      }
      let padded: [Float] = [0, 0] + row + [0, 0]
      #expect(Array(points.prefix(width + 4)) == padded)
      let out = KernelTests.output(width) { y in
        withUnsafePointer(to: Optional(y)) {
          kernels.output_tile(&none, &none, points, 0, width, 1, true, false, $0)
        }
      }
      let expected: [Float] = padded.prefix(width).map { max(0, $0 + 1) }
      #expect(out == expected)
    }
  }
}

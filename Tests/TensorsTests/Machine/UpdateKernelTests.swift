import CKernels
import Compute
import TestSupport
import Testing

/// The optimizers' loops, every compiled copy, against the formulas in Double.
@Suite struct UpdateKernelTests {
  typealias Variant = KernelTests.Variant

  /// A few roundings of numbers of this size.
  private static func isClose(_ value: Float, _ expected: Double, size: Double) -> Bool {
    abs(Double(value) - expected) <= 8 * Double(Float.ulpOfOne) * size
  }

  @Test(arguments: Variant.available, [false, true]) func descent(variant: Variant, nesterov: Bool)
  {
    let kernels = variant.kernels
    var generator = SeededGenerator(seed: 211)
    var step = ck_sgd(rate: 0.1, momentum: 0.9, decay: 0.02, keep: 0.98, nesterov: nesterov)
    for count in KernelTests.counts {
      let w = KernelTests.numbers(count, &generator)
      let v = KernelTests.numbers(count, &generator)
      let g = KernelTests.numbers(count, &generator)
      for (hasMomentum, first) in [(false, false), (true, true), (true, false)] {
        var velocity = v + [KernelTests.sentinel]
        let weight = KernelTests.output(count) { target in
          for (index, value) in w.enumerated() { target[index] = value }
          velocity.withUnsafeMutableBufferPointer {
            kernels.sgd(&step, g, count, first, hasMomentum ? $0.baseAddress : nil, target)
          }
        }
        #expect(velocity[count] == KernelTests.sentinel)
        for index in 0..<count {
          let gradient = Double(g[index]) + Double(step.decay) * Double(w[index])
          let old = first ? 0 : Double(step.momentum) * Double(v[index])
          let new = hasMomentum ? old + gradient : Double(v[index])
          let move =
            !hasMomentum ? gradient : nesterov ? gradient + Double(step.momentum) * new : new
          let size = abs(Double(w[index])) + abs(Double(g[index])) + abs(Double(v[index]))
          #expect(Self.isClose(velocity[index], new, size: size))
          #expect(
            Self.isClose(
              weight[index], Double(step.keep) * Double(w[index]) - Double(step.rate) * move,
              size: size))
        }
      }
    }
  }

  @Test(arguments: Variant.available) func moments(variant: Variant) {
    let kernels = variant.kernels
    var generator = SeededGenerator(seed: 223)
    var step = ck_adam(
      rate: 0.01, root: 0.3, beta1: 0.9, rest1: 0.1, beta2: 0.99, rest2: 0.01, epsilon: 1e-3,
      decay: 0.02, keep: 0.98)
    for count in KernelTests.counts {
      let w = KernelTests.numbers(count, &generator)
      let g = KernelTests.numbers(count, &generator)
      var m = KernelTests.numbers(count, &generator) + [KernelTests.sentinel]
      var v = KernelTests.numbers(count, &generator).map(abs) + [KernelTests.sentinel]
      let (oldM, oldV) = (m.map(Double.init), v.map(Double.init))
      let weight = KernelTests.output(count) { target in
        for (index, value) in w.enumerated() { target[index] = value }
        kernels.adam(&step, g, count, &m, &v, target)
      }
      #expect(m[count] == KernelTests.sentinel && v[count] == KernelTests.sentinel)
      for index in 0..<count {
        let old = Double(w[index])
        let gradient = Double(g[index]) + Double(step.decay) * old
        let first = Double(step.beta1) * oldM[index] + Double(step.rest1) * gradient
        let second = Double(step.beta2) * oldV[index] + Double(step.rest2) * gradient * gradient
        let root = second.squareRoot() / Double(step.root) + Double(step.epsilon)
        let move = Double(step.rate) * first / root
        #expect(Self.isClose(m[index], first, size: abs(oldM[index]) + abs(gradient)))
        #expect(Self.isClose(v[index], second, size: oldV[index] + gradient * gradient))
        // The first moment may be a small difference: its error grows by the same factor.
        let scale = Double(step.rate) / root * (abs(oldM[index]) + abs(gradient))
        #expect(
          Self.isClose(
            weight[index], Double(step.keep) * old - move, size: abs(old) + abs(move) + scale))
      }
    }
  }

  @Test(arguments: Variant.available) func mixtures(variant: Variant) {
    let kernels = variant.kernels
    var generator = SeededGenerator(seed: 227)
    for count in KernelTests.counts {
      let (x, y) = (
        KernelTests.numbers(count, &generator), KernelTests.numbers(count, &generator)
      )
      func changed(_ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        KernelTests.output(count) { target in
          for (index, value) in y.enumerated() { target[index] = value }
          body(target)
        }
      }
      let blend = changed { kernels.blend(0.3, -2, x, count, $0) }
      let approach = changed { kernels.approach(0.25, x, count, $0) }
      for index in 0..<count {
        let (a, b) = (Double(y[index]), Double(x[index]))
        let size = abs(a) + 2 * abs(b)
        #expect(Self.isClose(blend[index], Double(Float(0.3)) * a - 2 * b, size: size))
        #expect(Self.isClose(approach[index], a + 0.25 * (b - a), size: size))
      }
    }
  }
}

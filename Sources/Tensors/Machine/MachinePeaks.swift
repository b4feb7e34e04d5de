import CKernels
import Compute

/// The highest rates that the processor reaches with all threads at once. Benchmarks compare with
/// them.
package struct MachinePeaks: Hashable, Sendable {
  /// Floating-point operations per second of large square matrix products: OpenBLAS's sgemm, one
  /// product per thread, each on one thread.
  package let sgemm: Double
  /// Floating-point operations per second of multiply–adds in registers, at the vector width of the
  /// kernels in use: a convolution that makes all its multiplications cannot be faster.
  package let multiplyAdd: Double
  /// The threads that worked at once.
  package let threads: Int

  /// Peaks measured before.
  package init(sgemm: Double, multiplyAdd: Double, threads: Int) {
    self.sgemm = sgemm
    self.multiplyAdd = multiplyAdd
    self.threads = threads
  }

  /// The edge of the square matrices.
  private static let edge = 1024
  /// Rounds of the register loop in one job: some tens of milliseconds.
  private static let registerRounds = 2_000_000

  /// Measures on `Parallel.threadCount` threads for about `seconds` each; takes 4 MB per thread and
  /// 8 MB.
  ///
  /// The best of several rounds counts: other programs can only slow a round down.
  package static func measured(seconds: Double = 0.15) -> MachinePeaks {
    MachinePeaks(
      sgemm: products(seconds: seconds), multiplyAdd: registers(seconds: seconds),
      threads: Parallel.threadCount)
  }

  private static func products(seconds: Double) -> Double {
    GEMM.prepare()
    let threads = Parallel.threadCount
    let square = edge * edge
    let operands = Tensor(repeating: 0.5, shape: [2, edge, edge])
    var results = Tensor(uninitialized: [threads, edge, edge])
    return results.withMutablePointer { results in
      operands.withPointer { operands in
        let (results, operands) = (DisjointPointer(results), SharedPointer(operands))
        return best(of: 2 * Double(square * edge) * Double(threads), seconds: seconds) {
          Parallel.forEach(threads) { job, _ in
            GEMM.multiply(
              m: edge, n: edge, k: edge, operands.address, stride: edge, operands + square,
              stride: edge,
              beta: 0, into: results + job * square, stride: edge)
          }
        }
      }
    }
  }

  private static func registers(seconds: Double) -> Double {
    var sum = 0.0
    let operations = kernels.fma_peak(1, &sum) * Double(registerRounds)
    let threads = Parallel.threadCount
    return best(of: operations * Double(threads), seconds: seconds) {
      Parallel.forEach(threads) { _, _ in
        var sum = 0.0
        _ = kernels.fma_peak(registerRounds, &sum)
      }
    }
  }

  /// The best rate of `operations` over rounds of `body`: three, and more until the time is up.
  private static func best(of operations: Double, seconds: Double, _ body: () -> Void) -> Double {
    body()
    var shortest = Double.infinity
    var (total, rounds) = (0.0, 0)
    while rounds < 3 || total < seconds {
      let elapsed = ContinuousClock().measure(body) / .seconds(1)
      shortest = min(shortest, elapsed)
      total += elapsed
      rounds += 1
    }
    return operations / shortest
  }
}

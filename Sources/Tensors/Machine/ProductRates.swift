import CKernels
import Compute

/// The rates of the products that fast convolutions are made of, beside OpenBLAS's sgemm in the
/// same shapes: why ``Convolution`` has a product of its own, and for which shapes it uses sgemm.
public struct ProductRates: Sendable {
  /// Rows, columns and terms of the product `[rows × terms] · [terms × columns]`.
  public let rows, columns, terms: Int
  /// Floating-point operations per second of our product, which reads three shifted taps per
  /// channel.
  public let product: Double
  /// Of sgemm on columns that were copied beforehand.
  public let sgemm: Double
  /// Of one sgemm per tap, which adds to the result of the one before.
  public let sgemmPerTap: Double

  /// Measures on the calling thread; `terms` is a multiple of three.
  public static func measured(rows: Int, columns: Int, terms: Int) -> ProductRates {
    precondition(
      rows > 0 && columns > 0 && terms > 0 && terms.isMultiple(of: 3),
      "a product of three taps has a multiple of three terms")
    GEMM.prepare()
    let pitch = columns + 32
    let a = AlignedStorage<Float>(repeating: 0.5, count: rows * terms)
    let v = AlignedStorage<Float>(repeating: 0.5, count: terms * pitch + 64)
    let c = AlignedStorage<Float>(repeating: 0, count: rows * pitch)
    let offsets = (0..<terms).map { Int32($0 / 3 * pitch + $0 % 3) }
    let panel = FastWeights.panelHeight(outputs: rows)
    func multiply(_ terms: Int, from tap: Int, stride: Int, beta: Float) {
      GEMM.multiply(
        m: rows, n: columns, k: terms, a.baseAddress + tap * terms, stride: terms,
        v.baseAddress + tap, stride: stride, beta: beta, into: c.baseAddress, stride: pitch)
    }
    return ProductRates(
      rows: rows, columns: columns, terms: terms,
      product: offsets.withUnsafeBufferPointer { offsets in
        var weights = ck_panels(
          values: a.baseAddress, outputs: rows, height: panel, depth: terms)
        var taps = ck_rows(
          values: v.baseAddress, offsets: offsets.baseAddress, rows: terms, count: columns)
        return rate(rows * columns * terms) {
          kernels.product(&weights, 0, &taps, false, c.baseAddress, pitch)
        }
      },
      sgemm: rate(rows * columns * terms) {
        multiply(terms, from: 0, stride: columns, beta: 0)
      },
      sgemmPerTap: rate(rows * columns * terms) {
        for tap in 0..<3 { multiply(terms / 3, from: tap, stride: pitch, beta: tap == 0 ? 0 : 1) }
      })
  }

  /// The best of five runs of some milliseconds.
  private static func rate(_ multiplyAdds: Int, _ body: () -> Void) -> Double {
    let repetitions = 500_000_000 / multiplyAdds + 1
    var best = 0.0
    for _ in 0..<5 {
      let time = ContinuousClock().measure { for _ in 0..<repetitions { body() } }
      let seconds =
        Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
      best = max(best, 2 * Double(multiplyAdds) * Double(repetitions) / seconds)
    }
    return best
  }
}

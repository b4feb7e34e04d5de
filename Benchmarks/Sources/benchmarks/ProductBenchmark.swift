import Foundation
import Tensors

/// Our products beside sgemm, on one thread.
enum ProductBenchmark {
  static func run() {
    print(
      "Products of fast convolutions on one thread, GFLOP/s. sgemm reads columns copied beforehand;"
    )
    print("one sgemm per tap reads them where they lie.")
    print()
    print("| outputs × columns × terms | product | sgemm | sgemm per tap |")
    print("|---|---|---|---|")
    let shapes = [
      (32, 128, 96), (32, 128, 288), (24, 64, 360), (24, 128, 360), (64, 64, 576),
      (48, 32, 720), (64, 128, 576), (256, 128, 768),
    ]
    for (rows, columns, terms) in shapes {
      let rates = ProductRates.measured(rows: rows, columns: columns, terms: terms)
      let cells = [rates.product, rates.sgemm, rates.sgemmPerTap].map {
        String(format: "%.0f", $0 * 1e-9)
      }
      print("| \(rows) × \(columns) × \(terms) | \(cells.joined(separator: " | ")) |")
    }
    print()
  }
}

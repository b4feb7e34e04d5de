import ArgumentParser
import Benchmarking

/// The value of `--work`.
enum WorkChoice: String, ExpressibleByArgument, CaseIterable {
  case inference, training, all

  var works: [BenchmarkReport.Work] {
    switch self {
    case .inference: [.inference]
    case .training: [.training]
    case .all: [.inference, .training]
    }
  }
}

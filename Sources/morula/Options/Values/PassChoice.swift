import ArgumentParser
import Benchmarking

/// The value of `--pass`.
enum PassChoice: String, ExpressibleByArgument, CaseIterable {
  case forward
  case inputGradient = "input-gradient"
  case weightGradient = "weight-gradient"
  case all

  var passes: [ConvolutionBenchmark.Pass] {
    switch self {
    case .forward: [.forward]
    case .inputGradient: [.inputGradient]
    case .weightGradient: [.weightGradient]
    case .all: ConvolutionBenchmark.Pass.allCases
    }
  }
}

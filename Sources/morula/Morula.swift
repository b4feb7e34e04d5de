import ArgumentParser
import Segmentation

@main
struct Morula: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "morula",
    abstract: "3D deep learning for embryo microscopy: train, predict and measure on CPUs.",
    discussion: """
      Start with `morula train --help`, or let `make demo` show a training and a prediction on \
      volumes it makes itself.
      """,
    version: Version.current,
    subcommands: [
      Train.self, Predict.self, Segment.self, Measure.self, Evaluate.self, Stress.self,
      Figure.self, Info.self, Convert.self, ModelCommand.self, Synthesize.self,
      BenchmarkCommand.self,
    ])
}

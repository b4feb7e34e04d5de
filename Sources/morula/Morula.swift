import ArgumentParser
import Compute
import Foundation
import Segmentation

@main
struct Morula: ParsableCommand {
  /// Runs the command with the arguments of the process, and ends it.
  static func main() {
    StandardStreams.prepare()
    AddressSpace.explainCrashes()
    do {
      var command = try parseAsRoot(Array(ProcessArguments.all.dropFirst()))
      try command.run()
    } catch {
      finish(error)
    }
  }

  /// Ends the process with what the parser has to say: help and the version on standard output,
  /// mistakes on standard error.
  private static func finish(_ error: any Error) -> Never {
    let (text, code) = (fullMessage(for: error), exitCode(for: error))
    if code.isSuccess, !text.isEmpty {
      do {
        try endingOnFailure { try print(text) }
      } catch { end(exitCode(for: error).rawValue) }
    } else if !text.isEmpty {
      StandardStreams.tell(text.visible(keepingLines: true) + "\n")
    }
    end(code.rawValue)
  }

  /// Ends the process at once, also while frames that were given up still compute: `exit` would take
  /// away what they use.
  private static func end(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
  }

  static let configuration = CommandConfiguration(
    commandName: "morula",
    abstract:
      "Segment, measure and score nuclei in 3D time-lapse microscopy of embryos, on CPUs.",
    usage: "morula <subcommand> ...",
    discussion: """
      Begin with a z-stack, or a folder of them, and look at the result in Fiji or napari:

        morula segment images/ --output out
        morula segment --help

      In a clone of the repository `make demo` makes a time series, segments it, and measures and \
      scores the result; `make demo-training` trains a small network.

      Exit codes, of every command:
          0             done
          1             an error; one line on standard error says what to do
          2             some frames or files failed, each with a line; all others are done
          3             the work needs more memory than it may take
          4             the disk or the quota is full
         64             a mistake in the command line
        129, 130, 143   stopped by SIGHUP, Ctrl-C or SIGTERM; what is done is complete

      A terminal that is closed sends SIGHUP; with nohup or setsid the work goes on.
      """,
    version: Version.current,
    groupedSubcommands: [
      CommandGroup(
        name: "Segmentation",
        subcommands: [
          Segment.self, Measure.self, Evaluate.self, Figure.self, Stress.self, Merge.self,
        ]),
      CommandGroup(name: "Image", subcommands: [Info.self, Convert.self, Synthesize.self]),
      CommandGroup(
        name: "Model",
        subcommands: [ModelCommand.self, Train.self, Predict.self, BenchmarkCommand.self]),
    ])
}

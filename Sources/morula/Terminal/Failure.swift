import ArgumentParser
import Compute
import Tensors

/// Runs a command's work so that an error is one line on standard error and its exit
/// code. An environment that the engine does not understand is an error before any work.
func reportingFailures(_ body: () throws -> Void) throws {
  try endingOnFailure {
    try Engine.checkEnvironment()
    try body()
  }
}

/// Runs `body`, which needs no engine, so that an error is one line on standard error and its
/// exit code.
func endingOnFailure(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as ExitCode {
    throw error
  } catch let pipe as StandardStreams.ClosedPipe {
    pipe.end()
  } catch {
    report(error)
    throw ExitStatus(of: error).exitCode
  }
}

/// Writes an error as one line on standard error.
func report(_ error: any Error) {
  StandardStreams.tell(errorLine(error) + "\n")
}

/// An error in one line, `morula: error: …`, with its advice in the options of the command.
func errorLine(_ error: any Error) -> String {
  "morula: error: " + AdviceWording.text(of: error).visible()
}

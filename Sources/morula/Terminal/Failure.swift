import ArgumentParser
import Foundation
import Tensors

/// Runs a command's work so that an error is one line on standard error and exit code 1. An
/// environment that the engine does not understand is an error before any work.
func reportingFailures(_ body: () throws -> Void) throws {
  do {
    try Engine.checkEnvironment()
    try body()
  } catch let error as ExitCode {
    throw error
  } catch {
    report(error)
    throw ExitCode.failure
  }
}

/// Writes an error as one line on standard error.
func report(_ error: any Error) {
  let line = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
  FileHandle.standardError.write(Data("morula: error: \(line)\n".utf8))
}

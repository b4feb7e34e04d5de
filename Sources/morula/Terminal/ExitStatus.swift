import ArgumentParser
import Compute
import Foundation
import Microscopy

/// The statuses that the command ends with; those of a wrong command line (64) and of signals
/// (128 and the number) have their names elsewhere.
enum ExitStatus: Int32 {
  /// Something given cannot be used.
  case badInput = 1
  /// Some frames or files failed; others are done.
  case framesFailed = 2
  /// The work needs more memory than it may take.
  case outOfMemory = 3
  /// The disk or the quota is full.
  case outOfDisk = 4

  /// The status for an error.
  init(of error: any Error) {
    if SystemCode.isFullDisk(error) {
      self = .outOfDisk
    } else if error is AddressSpaceError || SystemCode.of(error) == ENOMEM
      || (error as? any AdvisedError)?.advice == .allowMemory
    {
      self = .outOfMemory
    } else {
      self = .badInput
    }
  }

  /// The status of a command that did many things; nil if all are done.
  init?(failures: Int, of total: Int) {
    if failures == 0 { return nil }
    self = failures == total ? .badInput : .framesFailed
  }

  /// As the parser of arguments takes it.
  var exitCode: ExitCode { ExitCode(rawValue) }
}
